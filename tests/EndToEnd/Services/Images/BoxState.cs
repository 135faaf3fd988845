namespace EndToEnd.Services.Images;

/// <summary>A box's files at one moment, and what its boot loader would make of them. Immutable.</summary>
/// <param name="Next">The program that changes it next: a step's name, or <c>end</c>.</param>
/// <param name="Files">Contents by path.</param>
internal sealed record BoxState(string Next, IReadOnlyDictionary<string, string> Files)
{
    private const string Entries = "boot/firmware/loader/entries/";

    /// <summary>Reads one from a folder.</summary>
    public static BoxState Read(string folder, string next) => new(next, Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(folder, file), File.ReadAllText, StringComparer.Ordinal));

    /// <summary>
    /// What may be on the disk where the power goes while this becomes <paramref name="after"/>, and <paramref name="kept"/> is what is on it for sure: each
    /// changed file old, new, cut in half or empty, and all of what changed since then there or not.
    /// </summary>
    public IEnumerable<BoxState> Cuts(BoxState after, BoxState kept)
    {
        yield return this;
        yield return kept;
        foreach (var path in after.Files.Keys.Union(kept.Files.Keys, StringComparer.Ordinal).Where(path => after.Files.GetValueOrDefault(path) != kept.Files.GetValueOrDefault(path)))
        {
            // What is new can have a name and nothing, or not all, in it. Not so what was on the disk before by another name, or is written in place within a sector.
            var (was, will) = (kept.Files.GetValueOrDefault(path), after.Files.GetValueOrDefault(path));
            var isTorn = will is not null && !kept.Files.Values.Contains(will, StringComparer.Ordinal) && !path.EndsWith("/autoboot.txt", StringComparison.Ordinal);
            string?[] versions = isTorn ? [was, will, "", will![..(will!.Length / 2)]] : [was, will];
            foreach (var world in (BoxState[])[this, kept, after])
                foreach (var content in versions) yield return world with { Files = With(world.Files, path, content) };
        }
    }

    /// <summary>The entries as systemd-boot orders them, by sd-boot's rules: without tries left last, then the highest version, then the last name.</summary>
    public IEnumerable<BootEntry> SystemdBoot() => Files.Where(file => file.Key.StartsWith(Entries, StringComparison.Ordinal) && file.Key.EndsWith(".conf", StringComparison.Ordinal))
        .Select(file => BootEntry.Parse(file.Key[Entries.Length..], file.Value)).OfType<BootEntry>()
        .OrderBy(entry => entry.Left == 0).ThenByDescending(entry => entry.Version).ThenByDescending(entry => entry.Name, StringComparer.Ordinal);

    /// <summary>The slot that a Raspberry Pi starts; by autoboot.txt.</summary>
    /// <param name="tries">True where it was told to try the other one.</param>
    public char Tryboot(bool tries)
    {
        var section = "";
        foreach (var line in Files["boot/firmware/autoboot.txt"].Split('\n'))
            if (line.StartsWith('[')) section = line;
            else if (section == (tries ? "[tryboot]" : "[all]") && line.StartsWith("boot_partition=", StringComparison.Ordinal)) return line[^1] == '3' ? 'b' : 'a';
        return '-';
    }

    /// <summary>The version that a slot holds whole; null where it holds none, or parts of several.</summary>
    public string? Whole(char slot, string kernel, string initrd)
    {
        var names = (string[])["1", "2", "3"];
        return names.FirstOrDefault(version =>
            Files.GetValueOrDefault($"run/appliance/root-{slot}")?.StartsWith(SlotFolder.Content("root", version), StringComparison.Ordinal) == true &&
            Files.GetValueOrDefault(kernel) == SlotFolder.Content("kernel", version) && Files.GetValueOrDefault(initrd) == SlotFolder.Content("initrd", version));
    }

    /// <summary>The same with one file changed, or gone where its content is null.</summary>
    public static Dictionary<string, string> With(IReadOnlyDictionary<string, string> files, string path, string? content)
    {
        var changed = new Dictionary<string, string>(files, StringComparer.Ordinal);
        if (content is null) changed.Remove(path);
        else changed[path] = content;
        return changed;
    }
}
