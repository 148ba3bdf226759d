print("the interface")
