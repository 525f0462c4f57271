/*
 * surroundings.h - what this process runs inside of: a virtual machine, a container.
 *
 * `root` is "" for this machine; tests give folders of their own. Answers are to be given to
 * free().
 */
#ifndef PPT_HOST_SURROUNDINGS_H
#define PPT_HOST_SURROUNDINGS_H

#define PPT_SIGNATURE_SIZE 13

/* The name by which the hypervisor greets its guests (CPUID leaf 0x40000000), such as
 * "KVMKVMKVM"; "" without one, and on CPUs that have no such greeting. */
void ppt_surroundings_signature(char out[PPT_SIGNATURE_SIZE]);

/* "KVM", "VMware" ... by the signature, the kernel's and the firmware's words; "unnamed" when all
 * that is known is that there is a virtual machine; "none". */
char *ppt_surroundings_machine(const char *root, const char *signature);

/* "docker", "podman", "kubernetes", "lxc" ...; "none". */
char *ppt_surroundings_container(const char *root);

#endif
