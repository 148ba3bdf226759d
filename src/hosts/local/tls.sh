# Certificates of a host on a Docker engine, by an authority of the developer's own. The authority lies outside every
# project and is made when it is first needed; nobody trusts it unless somebody tells a browser or curl to.
#
#   $SLIPWAY_DATA_DIR, else $XDG_DATA_HOME/slipway, else ~/.local/share/slipway
#     local-ca.pem      the authority's certificate, which may be shown to everybody
#     local-ca.key.pem  with its private key, which never leaves this folder
#   /etc/nginx/slipway/tls/NAME.pem   in Nginx's volume: a site's private key and its certificate
#
# Needs openssl 1.1.1, or LibreSSL as macOS has it. Reads $SITES, the release's Nginx text: which certificates it names.
# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # programs for Nginx's container stand in quotes; the core reads and sets variables

T_DAYS=825 # the longest that Apple's devices accept
T_RENEWED_DAYS=275 # a third
T_AUTHORITY_DAYS=3650
T_DAY=86400

# The files of certificates that the text $1 names, without their ends.
t_named() { sed -n 's|^ *ssl_certificate .*/slipway/tls/\([^/]*\)\.pem;$|\1|p' "$1" | sort -u; }

# Sees that each certificate that the release's text names is in Nginx's container, and good for a while.
t_certify() {
  t_named "$SITES" >"$WORK/named"
  [ -s "$WORK/named" ] || return 0
  problem="Tls.local() needs openssl, which is not there: install it"
  command -v openssl >/dev/null || return 1
  mkdir -p "$WORK/tls"
  t_make_authority 2>"$WORK/openssl.err" || {
    problem="the authority $t_folder/local-ca.pem cannot be made or read: $(tail -n 1 "$WORK/openssl.err")"
    return 1
  }
  t_present >"$WORK/present" || return 75
  while read -r file <&3; do
    if t_is_good "$file" 2>/dev/null; then continue; fi
    t_issue "$file" 2>"$WORK/openssl.err" || {
      problem="openssl makes no certificate for $(t_name "$file"): $(tail -n 1 "$WORK/openssl.err")"
      return 1
    }
    certified=$(t_name "$file")
    say "$certified: has a new certificate: who trusts $t_folder/local-ca.pem trusts it"
  done 3<"$WORK/named"
  t_place
}

# The site's name by its file: a star is no character of a file's name.
t_name() { printf '%s\n' "$1" | sed 's/^_/*/'; }

# Two applies may begin at once: whoever's link is there first has made it.
t_make_authority() {
  t_folder=${SLIPWAY_DATA_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/slipway}
  t_key=$t_folder/local-ca.key.pem
  (umask 077 && mkdir -p "$t_folder") || return
  [ ! -e "$t_key" ] || openssl x509 -noout -checkend $((T_DAYS * T_DAY)) -in "$t_key" >/dev/null || rm -f "$t_key"
  if [ ! -e "$t_key" ]; then
    cat >"$WORK/tls/authority.conf" <<END
[req]
prompt = no
distinguished_name = name
x509_extensions = authority
[name]
O = Slipway
CN = Slipway local authority of $(id -un | cut -c 1-12) at $(uname -n | cut -c 1-16)
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
END
    t_new_key "$WORK/tls/authority.key" &&
      openssl req -new -x509 -sha256 -days "$T_AUTHORITY_DAYS" -config "$WORK/tls/authority.conf" \
        -key "$WORK/tls/authority.key" -out "$WORK/tls/authority.pem" &&
      (umask 077 && cat "$WORK/tls/authority.key" "$WORK/tls/authority.pem" >"$t_key.$$") || return
    ln "$t_key.$$" "$t_key" 2>/dev/null || [ -e "$t_key" ] || return
    rm -f "$t_key.$$"
  fi
  openssl x509 -in "$t_key" -out "$WORK/tls/authority.pem" &&
    cp "$WORK/tls/authority.pem" "$t_folder/local-ca.pem.$$" && mv "$t_folder/local-ca.pem.$$" "$t_folder/local-ca.pem"
}

t_new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

# Prints the certificates that Nginx's container has, each after a line "#: FILE"; never a key.
t_present() {
  problem="Nginx's container does not answer: docker logs $NGINX"
  l_inside <<'END' || return 75
cd "$1/tls" 2>/dev/null || exit 0
for each in *.pem; do
  [ -e "$each" ] || continue
  echo "#: ${each%.pem}"
  awk '/BEGIN CERTIFICATE/ { on = 1 } on; /END CERTIFICATE/ { on = 0 }' "$each"
done
END
}

# Whether the certificate in $1 is the authority's and stays good.
t_is_good() {
  awk -v file="$1" '/^#: / { wanted = ($2 == file); next } wanted' "$WORK/present" >"$WORK/tls/present.pem"
  openssl x509 -noout -checkend $((T_RENEWED_DAYS * T_DAY)) -in "$WORK/tls/present.pem" >/dev/null &&
    openssl verify -CAfile "$WORK/tls/authority.pem" "$WORK/tls/present.pem" >/dev/null
}

t_issue() {
  cat >"$WORK/tls/site.conf" <<END
[req]
prompt = no
distinguished_name = name
[name]
O = Slipway
[site]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:$(t_name "$1")
END
  t_new_key "$WORK/tls/site.key" &&
    openssl req -new -sha256 -config "$WORK/tls/site.conf" -key "$WORK/tls/site.key" -out "$WORK/tls/site.csr" &&
    openssl x509 -req -sha256 -days "$T_DAYS" -set_serial "0x1$(openssl rand -hex 15)" \
      -CA "$WORK/tls/authority.pem" -CAkey "$t_key" -extfile "$WORK/tls/site.conf" -extensions site \
      -in "$WORK/tls/site.csr" -out "$WORK/tls/site.pem" &&
    cat "$WORK/tls/site.key" "$WORK/tls/site.pem" >"$WORK/tls/$1.new"
}

t_place() {
  {
    echo 'umask 077 && mkdir -p "$1/tls" && cd "$1/tls"'
    while read -r file <&3; do
      [ -e "$WORK/tls/$file.new" ] || continue
      l_writing "$file.pem.new" <"$WORK/tls/$file.new"
      echo "mv -f $file.pem.new $file.pem"
    done 3<"$WORK/named"
  } >"$WORK/tls/place"
  problem="Nginx's container takes no files: docker logs $NGINX"
  l_inside <"$WORK/tls/place" || return 75
  problem=''
}
