console.log("the page");
