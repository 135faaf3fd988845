using TestKit;

namespace EndToEnd.Services.Images;

/// <summary>
/// A box's slots as folders and files: what image-slot finds below <c>IMAGE_ROOT</c>. Every program that the script runs first keeps a copy of it all, so that
/// one run shows the disk as it was between any two steps. What a slot holds names its version, so that halves of two versions are told apart.
/// </summary>
internal sealed class SlotFolder : IDisposable
{
    private static readonly string Script = Path.Combine(Shell.Scripts, "image", "root", "usr", "lib", "appliance", "image-slot");

    // What changes something, and what makes it last. `sync` with a file keeps that file, without one everything.
    private static readonly string[] Steps = ["rm", "dd", "cp", "mv", "sync", "mkdir", "blockdev", "sha256sum"];

    private readonly TemporaryFolder _folder = new();
    private readonly bool _pi;

    public SlotFolder(bool pi)
    {
        _pi = pi;
        foreach (var folder in (string[])["steps", "box/run/appliance", "box/boot/firmware"]) Directory.CreateDirectory(_folder[folder]);
        foreach (var step in Steps)
        {
            File.WriteAllText(_folder[$"steps/{step}"], $"""
                #!/bin/bash
                [ -z "$IMAGE_STATES" ] || {"{"} n=$(/bin/ls "$IMAGE_STATES" | /usr/bin/wc -l); /bin/cp -a "$IMAGE_ROOT" "$IMAGE_STATES/$(printf '%04d' "$n")-{step}"; {"}"}
                PATH=/usr/sbin:/usr/bin:/sbin:/bin exec {step} "$@"

                """);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder[$"steps/{step}"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        Runs('a');
        Put("run/appliance/root-a", Content("root", "1"));
        File.WriteAllText(Path.Combine(Box, "run/appliance/root-b"), new string('\0', 64));
        if (pi)
        {
            Put("boot/firmware/autoboot.txt", "[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n");
            Put("boot/firmware/good-a", "1\n");
            Directory.CreateDirectory(_folder["box/run/appliance/other-boot"]);
        }
        else
        {
            Put("boot/firmware/loader/entries/appliance-a.conf", "title Appliance 1\nsort-key appliance\nversion 1\nlinux /a/vmlinuz\ninitrd /a/initrd\noptions appliance.slot=a quiet\n");
            Put("boot/firmware/a/vmlinuz", Content("kernel", "1"));
            Put("boot/firmware/a/initrd", Content("initrd", "1"));
        }
    }

    /// <summary>What stands for the root of the box.</summary>
    public string Box => _folder["box"];

    /// <summary>Says which slot runs.</summary>
    public void Runs(char slot) => Put("run/appliance/slot", $"slot={slot} disk=/dev/none\n");

    /// <summary>Has an update ready, whole.</summary>
    /// <param name="version">Its version.</param>
    public string Update(string version)
    {
        var folder = _folder[$"update-{version}"];
        Directory.CreateDirectory(folder);
        foreach (var name in (string[])["root", "kernel", "initrd"]) File.WriteAllText(Path.Combine(folder, name), Content(name, version));
        if (!_pi) return folder;
        // What the new root brings for the boot loader.
        Put("run/appliance/new-root/usr/lib/raspi-firmware/start4.elf", Content("firmware", version));
        Put("run/appliance/new-root/usr/lib/linux-image-6/broadcom/bcm2711.dtb", Content("dtb", version));
        Put("run/appliance/new-root/usr/lib/appliance/config.txt", "kernel=vmlinuz\n");
        Put("run/appliance/new-root/usr/lib/appliance/cmdline", "appliance.slot=a quiet\n");
        return folder;
    }

    /// <summary>Runs the script to its end; gives what it ends with, what it printed, and the box before each step and at the end.</summary>
    public async Task<(int Code, string Output, IReadOnlyList<BoxState> States)> RunAsync(params string[] arguments)
    {
        var states = _folder[$"states-{Guid.NewGuid():N}"];
        Directory.CreateDirectory(states);
        var (code, output) = await Shell.RunAsync("bash", [Script, .. arguments], new Dictionary<string, string>
        {
            ["IMAGE_ROOT"] = Box,
            ["IMAGE_STATES"] = states,
            ["PATH"] = $"{_folder["steps"]}:/usr/sbin:/usr/bin:/sbin:/bin",
        });
        var seen = Directory.EnumerateDirectories(states).Order(StringComparer.Ordinal).Select(folder => BoxState.Read(folder, Path.GetFileName(folder)[5..])).ToList();
        seen.Add(BoxState.Read(Box, "end"));
        return (code, output, seen);
    }

    /// <summary>What a part of a version holds.</summary>
    public static string Content(string part, string version) => $"{part} of version {version}, all of it".PadRight(64, '.');

    public void Dispose() => _folder.Dispose();

    private void Put(string path, string text)
    {
        var file = Path.Combine(Box, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
