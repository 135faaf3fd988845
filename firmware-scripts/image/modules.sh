#!/usr/bin/env bash
# modules.sh TREE [kiosk]: takes out of TREE the kernel's modules that no such box loads, and orders the rest anew. With a screen, graphics and sound stay.
set -euo pipefail
tree=$1 kiosk=${2:-}
version=$(ls "$tree/usr/lib/modules")
gone=(drivers/{media,infiniband,isdn,atm,comedi,accel,target,mtd,firewire,edac,ntb,misc/habanalabs,platform/surface,usb/gadget,video/fbdev,net/wan,net/can,net/fddi,net/hippi,net/arcnet,net/hamradio}
  drivers/net/ethernet/{mellanox,chelsio,qlogic,broadcom/bnx2x,cavium,netronome,sfc,fungible,pensando,marvell/octeontx2,marvell/prestera,freescale/dpaa2,hisilicon,huawei}
  drivers/scsi/{lpfc,qla2xxx,qla4xxx,bfa,be2iscsi,bnx2i,bnx2fc,cxgbi,csiostor,aic7xxx,aic94xx,mpi3mr,qedf,qedi,smartpqi,elx,isci,pm8001,fnic,snic}
  drivers/block/{drbd,aoe} lib/test_bpf.ko fs/{nfs,nfs_common,lockd,ocfs2,gfs2,ceph,afs,jfs,reiserfs,nilfs2,coda,dlm,xfs,btrfs,nfsd,f2fs,cifs,smb,ksmbd,ubifs,jffs2,hfs,hfsplus,ufs,minix,erofs,9p,orangefs,ntfs} net/{sunrpc,dccp,sctp,tipc,rds,smc,ceph,batman-adv,openvswitch,ax25,atm,can,mpls,9p,lapb,x25,phonet,rxrpc}
  drivers/{vhost,vfio,pcmcia,accessibility,staging/media})
if [ -z "$kiosk" ]; then gone+=(sound drivers/gpu drivers/video drivers/staging); else gone+=(drivers/gpu/drm/{nouveau,radeon} drivers/staging sound/isa sound/firewire); fi
for part in "${gone[@]}"; do rm -rf "$tree/usr/lib/modules/$version/kernel/$part"; done
depmod -b "$tree" "$version"
