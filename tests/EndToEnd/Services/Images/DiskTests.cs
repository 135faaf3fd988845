using System.Text.Json;
using TestKit;

namespace EndToEnd.Services.Images;

/// <summary>
/// disk.sh on a tree that is a stub: partitions, what is in them, and that a person without rights can make them. The whole image boots in ./build.sh test-image-boot.
/// </summary>
public sealed class DiskTests
{
    private static readonly string Script = Path.Combine(Shell.Scripts, "image", "disk.sh");

    [ToolFact("mksquashfs", "unsquashfs", "mcopy", "mkfs.vfat", "mke2fs", "sfdisk", "depmod", "modprobe", "cpio", "zstd")]
    public async Task Disk_Uefi_HasTwoSlots_AndAnEntryForTheFirst()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder, "amd64", "");
        var table = await TableAsync(folder);
        Assert.Equal(["boot", "root-a", "root-b", "data"], table.Select(part => part.Name));
        // EFI System Partition and Linux file system data, as UEFI and the Discoverable Partitions Specification number them.
        Assert.Equal(["C12A7328-F81F-11D2-BA4B-00A0C93EC93B", .. Enumerable.Repeat("0FC63DAF-8483-4772-8E79-3D69D8477DE4", 3)], table.Select(part => part.Type));
        Assert.All(table, part => Assert.Equal(0, part.Start % 2048));
        Assert.Equal(table[1].Size, table[2].Size);

        Assert.Equal("title Appliance 1.2.3\nsort-key appliance\nversion 1\nlinux /a/vmlinuz\ninitrd /a/initrd\n", (await BootFileAsync(folder, table[0], "loader/entries/appliance-a.conf")).Split("options ")[0]);
        Assert.Contains("appliance.slot=a ", await BootFileAsync(folder, table[0], "loader/entries/appliance-a.conf"), StringComparison.Ordinal);
        Assert.Equal("the kernel", await BootFileAsync(folder, table[0], "a/vmlinuz"));
        Assert.Equal("the loader", await BootFileAsync(folder, table[0], "EFI/BOOT/BOOTX64.EFI"));

        // The first slot holds what an update would bring, byte by byte, and not the kernel a second time; the second one nothing.
        var root = await File.ReadAllBytesAsync(folder["out/slot/root"]);
        Assert.Equal(root, await BytesAsync(folder, table[1].Start, root.Length));
        Assert.All(await BytesAsync(folder, table[2].Start, 4096), value => Assert.Equal(0, value));
        var list = (await OutputAsync("unsquashfs", "-l", folder["out/slot/root"])).Split('\n');
        Assert.Contains("squashfs-root/boot/firmware", list);
        Assert.DoesNotContain(list, line => line.Contains("vmlinuz", StringComparison.Ordinal));

        // ext4, with a journal, and a superblock's magic number where it belongs.
        var data = await BytesAsync(folder, table[3].Start, 4096);
        Assert.Equal([0x53, 0xEF], data[1080..1082]);
        Assert.Equal("appliance-data", System.Text.Encoding.ASCII.GetString(data, 1024 + 0x78, 16).TrimEnd('\0'));
    }

    [ToolFact("mksquashfs", "mcopy", "mkfs.vfat", "mke2fs", "sfdisk", "depmod", "modprobe", "cpio", "zstd")]
    public async Task Disk_RaspberryPi_HasABootPartitionASlot_AndTriesTheOther()
    {
        using var folder = new TemporaryFolder();
        await MakeAsync(folder, "arm64", "pi");
        var table = await TableAsync(folder);
        Assert.Equal(["boot", "boot-a", "boot-b", "root-a", "root-b", "data"], table.Select(part => part.Name));
        Assert.Equal("[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n", await BootFileAsync(folder, table[0], "autoboot.txt"));
        Assert.Equal("1.2.3\n", await BootFileAsync(folder, table[0], "good-a"));
        Assert.Equal("the kernel", await BootFileAsync(folder, table[1], "vmlinuz"));
        Assert.Equal("a tree", await BootFileAsync(folder, table[1], "bcm2711-rpi-4-b.dtb"));
        Assert.Equal("the firmware", await BootFileAsync(folder, table[1], "start4.elf"));
        Assert.Contains("initramfs initrd followkernel", await BootFileAsync(folder, table[1], "config.txt"), StringComparison.Ordinal);
        Assert.Contains("appliance.slot=a ", await BootFileAsync(folder, table[1], "cmdline.txt"), StringComparison.Ordinal);
    }

    // What disk.sh takes from a tree, and little of it.
    private static async Task MakeAsync(TemporaryFolder folder, string arch, string variant)
    {
        foreach (var (path, text) in ((string, string)[])
        [
            ("boot/vmlinuz-6.1.0", "the kernel"), ("usr/bin/busybox", "a shell"), ("usr/lib/appliance/image", "appliance 1.2.3\n"), ("usr/lib/systemd/boot/efi/systemd-bootx64.efi", "the loader"),
            ("usr/lib/raspi-firmware/start4.elf", "the firmware"), ("usr/lib/linux-image-6/broadcom/bcm2711-rpi-4-b.dtb", "a tree"), ("boot/firmware/.keep", ""),
            ("usr/lib/modules/6.1.0/modules.order", ""), ("usr/lib/modules/6.1.0/modules.builtin", ""), ("usr/lib/modules/6.1.0/modules.builtin.modinfo", ""),
        ])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder[$"tree/{path}"])!);
            await File.WriteAllTextAsync(folder[$"tree/{path}"], text);
        }
        // modprobe looks below /lib, as every Debian leads it to /usr/lib.
        File.CreateSymbolicLink(folder["tree/lib"], "usr/lib");
        await OutputAsync("bash", Script, arch, folder["tree"], folder["out"], "1.2.3", variant);
    }

    private static async Task<IReadOnlyList<Partition>> TableAsync(TemporaryFolder folder)
    {
        using var json = JsonDocument.Parse(await OutputAsync("sfdisk", "--json", folder["out/disk.img"]));
        return [.. json.RootElement.GetProperty("partitiontable").GetProperty("partitions").EnumerateArray()
            .Select(part => new Partition(part.GetProperty("name").GetString()!, part.GetProperty("type").GetString()!, part.GetProperty("start").GetInt64(), part.GetProperty("size").GetInt64()))];
    }

    private static Task<string> BootFileAsync(TemporaryFolder folder, Partition partition, string path) => OutputAsync("mtype", "-i", $"{folder["out/disk.img"]}@@{partition.Start * 512}", $"::/{path}");

    private static async Task<byte[]> BytesAsync(TemporaryFolder folder, long sector, int count)
    {
        await using var disk = File.OpenRead(folder["out/disk.img"]);
        disk.Position = sector * 512;
        var bytes = new byte[count];
        await disk.ReadExactlyAsync(bytes);
        return bytes;
    }

    private static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        var (code, output) = await Shell.RunAsync(program, arguments, new Dictionary<string, string> { ["MTOOLS_SKIP_CHECK"] = "1", ["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin" });
        Assert.True(code == 0, output);
        return output;
    }

    private sealed record Partition(string Name, string Type, long Start, long Size);
}
