# Makes a root with nothing but what a build needs, and waits in it until standard input ends; the commands of a build
# enter it meanwhile (Jail.java). Runs as the first process of its own mount, pid, network, ipc and uts namespaces.
# usage: DIRECTORY MIB OWNER HIDDEN PATH...; DIRECTORY has "root", which is empty, and "given", which the build may read.
set -eu
umask 022
PATH=/usr/bin:/bin:/usr/sbin:/sbin
directory=$1 mib=$2 owner=$3 hidden=$4
shift 4
cd "$directory/root"
mount -t tmpfs -o mode=755,nosuid,nodev,size=1m,nr_inodes=10k cambio-build .
cd "$directory/root"
mkdir build dev etc given old
# mount and umount look there; the build finds nothing behind it.
ln -s old/proc proc
for path in /bin /sbin /lib /lib32 /lib64; do
  if [ -L "$path" ]; then ln -s "$(readlink "$path")" ".$path"; else set -- "$path" "$@"; fi
done
for path in "$@" /dev/null /dev/urandom; do
  if [ -d "$path" ]; then
    mkdir -p ".$path"
  elif [ -e "$path" ] && ! [ -e ".$path" ]; then
    mkdir -p ".${path%/*}" && : > ".$path"
  else
    continue
  fi
  mount -o rbind,ro "$path" ".$path"
  # The installation may lie within: only those of its parts that come later in the list are seen.
  case $hidden/ in "$path"/*) mount -t tmpfs -o mode=755,size=1m,nr_inodes=1k cambio-build ".$hidden" ;; esac
done
mount -o rbind,ro "$directory/given" given
printf 'build:x:%s:%s::/build:/bin/false\n' "$owner" "$owner" > etc/passwd
mount -t tmpfs -o "mode=700,uid=$owner,gid=$owner,nosuid,nodev,size=${mib}m,nr_inodes=$((mib * 400))" cambio-build build
mount -o remount,bind,ro "$PWD"
pivot_root . old
cd /
# In a user namespace of its own, the build gets no further ones; elsewhere the number is the machine's.
if [ "$owner" = 0 ]; then { echo 0 > /proc/sys/user/max_user_namespaces; } 2> /dev/null || :; fi
umount -l /old
echo ready
exec cat
