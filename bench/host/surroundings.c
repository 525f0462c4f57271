#include "surroundings.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#include "memory.h"
#include "owned.h"
#include "probe.h"
#include "text.h"

/* A word that gives something away, and its name. */
struct hint {
    const char *word, *name;
};

static const char *find(const struct hint *hints, const char *text)
{
    for (; hints->word; hints++) {
        if (strstr(text, hints->word)) {
            return hints->name;
        }
    }
    return NULL;
}

/* ---- virtual machines ---- */

void ppt_surroundings_signature(char out[PPT_SIGNATURE_SIZE])
{
    memset(out, 0, PPT_SIGNATURE_SIZE);
#if defined(__x86_64__) || defined(__i386__)
    unsigned a, words[3] = {0}, c;

    /* The bit says that somebody answers behind that leaf. */
    if (__get_cpuid(1, &a, &words[0], &c, &words[1]) && (c & (1u << 31))) {
        __cpuid(0x40000000, a, words[0], words[1], words[2]);
        memcpy(out, words, sizeof(words));
    }
#endif
}

/* "hypervisor" among the flags of the first CPU. */
static bool has_flag(const char *root)
{
    char *flags PPT_FREED = ppt_probe_field("flags", "%s/proc/cpuinfo", root);

    return flags && strstr(flags, " hypervisor");
}

char *ppt_surroundings_machine(const char *root, const char *signature)
{
    static const struct hint signatures[] = {{"KVMKVMKVM", "KVM"},
                                             {"Linux KVM Hv", "KVM"},
                                             {"VMwareVMware", "VMware"},
                                             {"Microsoft Hv", "Hyper-V"},
                                             {"XenVMMXenVMM", "Xen"},
                                             {"VBoxVBoxVBox", "VirtualBox"},
                                             {"TCGTCGTCGTCG", "QEMU"},
                                             {"bhyve bhyve ", "bhyve"},
                                             {"ACRNACRNACRN", "ACRN"},
                                             {" lrpepyh  vr", "Parallels"},
                                             {NULL, NULL}};
    /* Vendors that sell no machines which one could touch. */
    static const struct hint firmware[] = {{"VMware", "VMware"},
                                           {"VirtualBox", "VirtualBox"},
                                           {"innotek", "VirtualBox"},
                                           {"Parallels", "Parallels"},
                                           {"Xen", "Xen"},
                                           {"KVM", "KVM"},
                                           {"QEMU", "QEMU"},
                                           {"Bochs", "Bochs"},
                                           {"OpenStack", "KVM"},
                                           {"BHYVE", "bhyve"},
                                           {"Google Compute", "KVM"},
                                           {"Virtual Machine", "Hyper-V"},
                                           {NULL, NULL}};
    char vendor[128] = "", product[128] = "", type[32] = "";
    const char *name = find(signatures, signature);

    if (!name && ppt_probe_line(type, sizeof(type), "%s/sys/hypervisor/type", root)) {
        name = strcmp(type, "xen") == 0 ? "Xen" : type;
    }
    if (!name) {
        char both[sizeof(vendor) + sizeof(product) + 1];

        ppt_probe_line(vendor, sizeof(vendor), "%s/sys/class/dmi/id/sys_vendor", root);
        ppt_probe_line(product, sizeof(product), "%s/sys/class/dmi/id/product_name", root);
        snprintf(both, sizeof(both), "%s %s", vendor, product);
        name = find(firmware, both);
    }
    if (!name && (*signature || has_flag(root))) {
        name = "unnamed";
    }
    return ppt_strdup(name ? name : "none");
}

/* ---- containers ---- */

static bool exists(const char *root, const char *path)
{
    char *full PPT_FREED = ppt_text_format("%s%s", root, path);

    return access(full, F_OK) == 0;
}

/* container=NAME in the environment of the first process, which its engine has set. */
static bool from_environment(const char *root, char *name, size_t size)
{
    static const char key[] = "container=";
    char text[16384] = {0};

    if (!ppt_probe_text(text, sizeof(text) - 1, "%s/proc/1/environ", root)) {
        return false;
    }
    /* Variables end in NUL; behind the last stands one more. */
    for (const char *variable = text; *variable; variable += strlen(variable) + 1) {
        if (strncmp(variable, key, sizeof(key) - 1) == 0) {
            snprintf(name, size, "%s", variable + sizeof(key) - 1);
        }
    }
    return *name != '\0';
}

char *ppt_surroundings_container(const char *root)
{
    static const struct hint groups[] = {{"/kubepods", "kubernetes"},
                                         {"/docker/", "docker"},
                                         {"/docker-", "docker"},
                                         {"/libpod-", "podman"},
                                         {"/lxc/", "lxc"},
                                         {"/lxc.payload", "lxc"},
                                         {"/garden/", "garden"},
                                         {NULL, NULL}};
    char name[32] = "", membership[8192] = "";
    const char *found = NULL;

    if (exists(root, "/var/run/secrets/kubernetes.io")) {
        found = "kubernetes";
    } else if (exists(root, "/run/.containerenv")) {
        found = "podman";
    } else if (exists(root, "/.dockerenv")) {
        found = "docker";
    } else if (ppt_probe_line(name, sizeof(name), "%s/run/systemd/container", root) ||
               from_environment(root, name, sizeof(name))) {
        found = name;
    } else if (ppt_probe_text(membership, sizeof(membership), "%s/proc/self/cgroup", root)) {
        found = find(groups, membership);
    }
    return ppt_strdup(found ? found : "none");
}
