# Shows an ACME server by a TXT record that a name is this host's, where others answer the name, too: dehydrated's hook.
#
#   dns-challenge.sh ZONE deploy_challenge NAME TOKEN VALUE   adds the value, and waits until Route 53 answers it
#   dns-challenge.sh ZONE clean_challenge NAME TOKEN VALUE    takes it away again
#
# Several hosts of one name may be at it at once, and a change replaces all values of a record. So each takes away what it
# has read and puts what shall be there in one change, which Route 53 makes as a whole, or not at all where another host was
# faster: then it reads again.
# shellcheck shell=sh disable=SC2154 # aws.sh sets $reply
set -u

zone=$1 hook=$2
shift 2
# dehydrated calls its hook for much else, and in its self-test
case $hook in deploy_challenge | clean_challenge) ;; *) exit 0 ;; esac
record=_acme-challenge.$1
own="<ResourceRecord><Value>&quot;$3&quot;</Value></ResourceRecord>"

# shellcheck source-path=SCRIPTDIR source=aws.sh
. "${0%/*}/aws.sh"

# ask_route53 PATH BODY: the XML answer in $answer; otherwise $problem says why.
ask_route53() {
  know_instance && send_signed us-east-1:route53 "${SLIPWAY_ROUTE53:-https://route53.amazonaws.com}/2013-04-01/$1" \
    '"header = \"Content-Type: application/xml\""' "$2" || return 1
  # without line ends and the spaces between elements, so that sed finds them
  answer=$(printf %s "$answer" | tr '\n' ' ' | sed 's/> *</></g')
  status=${reply##*"$NEWLINE"}
  problem="Route 53 says HTTP $status $(element Message "$answer")$(element Status "$answer")"
  [ "$status" = 200 ]
}

# element NAME XML: what the first element of that name holds.
element() { printf '%s\n' "$2" | sed -n "s/.*<$1>\([^<]*\)<\/$1>.*/\1/p"; }

# The values that are there, an element each in $there, and for how long they are kept.
read_record() {
  ask_route53 "hostedzone/$zone/rrset?maxitems=1&name=$record.&type=TXT" '' || return 1
  # the first one from this name on, which may be another
  found=$(printf '%s\n' "$answer" | grep -F "<Name>$record.</Name><Type>TXT<" | sed 's/"/\&quot;/g')
  there=$(printf '%s\n' "$found" | sed -n 's/.*<ResourceRecords>\(.*\)<\/ResourceRecords>.*/\1/p')
  kept=$(element TTL "$found")
}

# change_of ACTION VALUES
change_of() {
  [ -n "$2" ] || return 0
  printf '<Change><Action>%s</Action><ResourceRecordSet><Name>%s.</Name><Type>TXT</Type><TTL>%s</TTL><ResourceRecords>%s</ResourceRecords></ResourceRecordSet></Change>' \
    "$1" "$record" "${kept:-60}" "$2"
}

change_record() {
  read_record || return 1
  wanted=$(printf '%s\n' "$there" | sed 's/<ResourceRecord>/\
&/g' | grep -Fv "$own" | tr -d '\n')
  [ "$hook" = clean_challenge ] || wanted=$wanted$own
  [ "$wanted" != "$there" ] || exit 0
  ask_route53 "hostedzone/$zone/rrset/" "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Changes>$(change_of DELETE "$there")$(change_of CREATE "$wanted")</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>" ||
    return 1
  change=$(element Id "$answer")
}

# Until all name servers of the zone answer it, for the ACME server may ask any of them.
spread() {
  ask_route53 "${change#/}" '' && [ "$(element Status "$answer")" = INSYNC ]
}

# Whatever is wrong may pass: Route 53 is busy, another host was faster, the role is new.
insist() {
  tries=1
  until "$1"; do
    [ "$tries" -lt 10 ] || {
      echo "ERROR: $record: $problem"
      exit 1
    }
    tries=$((tries + 1))
    sleep "${SLIPWAY_PAUSE:-10}"
  done
}

insist change_record
[ "$hook" = clean_challenge ] || insist spread
