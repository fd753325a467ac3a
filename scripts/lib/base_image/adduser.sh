#!/bin/sh
# adduser and addgroup with Alpine's options, for a busybox that has neither. Called by either name.
set -eu

die() { echo "${0##*/}: $*" >&2; exit 1; }
free_id() { # file, first, last: the first number that no line of the file has in its third field
  awk -F: -v first="$2" -v last="$3" '{ taken[$3] = 1 } END { for (n = first; n <= last; n++) if (!(n in taken)) { print n; exit } }' "$1"
}
has() { grep -q "^$2:" "$1"; }
add_group() { # name, id or nothing, first, last
  has /etc/group "$1" && die "group '$1' in use"
  echo "$1:x:${2:-$(free_id /etc/group "$3" "$4")}:" >>/etc/group
}
join() { # user, group
  has /etc/passwd "$1" || die "unknown user $1"
  has /etc/group "$2" || die "unknown group $2"
  awk -F: -v OFS=: -v user="$1" -v group="$2" '$1 == group { n = split($4, m, ","); for (i = 1; i <= n; i++) if (m[i] == user) found = 1
    if (!found) $4 = $4 ($4 == "" ? "" : ",") user } { print }' /etc/group >/etc/group.new
  cat /etc/group.new >/etc/group && rm /etc/group.new
}

home='' shell='' group='' id='' gecos='' first=1000 last=59999 make_home=yes
while getopts h:s:G:u:g:k:SDH option; do
  case $option in
  h) home=$OPTARG ;; s) shell=$OPTARG ;; G) group=$OPTARG ;; u) id=$OPTARG ;;
  g) [ "${0##*/}" = addgroup ] && id=$OPTARG || gecos=$OPTARG ;;
  S) first=100 last=999 ;; H) make_home='' ;; D | k) ;;
  *) exit 1 ;;
  esac
done
shift $((OPTIND - 1))
[ $# -ge 1 ] || die "a name is missing"

if [ $# -eq 2 ]; then join "$1" "$2"; exit; fi
if [ "${0##*/}" = addgroup ]; then add_group "$1" "$id" "$first" "$last"; exit; fi

has /etc/passwd "$1" && die "user '$1' in use"
id=${id:-$(free_id /etc/passwd "$first" "$last")}
if [ -n "$group" ]; then has /etc/group "$group" || die "unknown group $group"
elif [ "$first" = 100 ]; then group=nogroup; has /etc/group nogroup || echo 'nogroup:x:65533:' >>/etc/group
else group=$1; add_group "$1" "$id" "$first" "$last"; fi
gid=$(awk -F: -v group="$group" '$1 == group { print $3 }' /etc/group)
[ "$first" = 100 ] && default_shell=/sbin/nologin || default_shell=/bin/sh
home=${home:-/home/$1}
echo "$1:x:$id:$gid:${gecos:-$1}:$home:${shell:-$default_shell}" >>/etc/passwd
echo "$1:!::0:::::" >>/etc/shadow
[ -z "$make_home" ] || [ -e "$home" ] || { mkdir -p "$home" && chown "$id:$gid" "$home"; }
