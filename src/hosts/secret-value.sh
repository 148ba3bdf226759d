# Secrets of the deployer's: files of this machine, and variables of the environment. What they hold goes by standard
# input and by the shell's own words alone, since every user of a machine can read the words of a command.
# shellcheck shell=sh disable=SC2034,SC2088 # callers read $problem; a tilde is the declared one

# s_check KIND ID: whether there is such a secret; $problem says what is wrong.
s_check() {
  case $1 in
    file)
      s_file "$2"
      problem="the file $file cannot be read: put the secret into it, outside of git"
      [ -f "$file" ] && [ -r "$file" ] || return
      problem="the file $file is empty: put the secret into it"
      [ -s "$file" ] || return
      ;;
    environment)
      problem="the variable $2 is not set: export $2 where Terraform runs"
      eval "[ -n \"\${$2:-}\" ]" || return
      ;;
  esac
  problem=''
}

# s_print KIND ID: prints its bytes.
s_print() {
  case $1 in
    file) s_file "$2" && cat "$file" ;;
    environment) eval "printf %s \"\$$2\"" ;;
  esac
}

# Sets $file; Terraform knows no "~".
s_file() {
  file=$1
  case $1 in '~/'*) file=$HOME/${1#??} ;; esac
}
