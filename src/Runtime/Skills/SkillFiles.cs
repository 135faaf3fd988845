using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Runtime.Skills.Format;
using Runtime.Tools;
using Runtime.Tools.Files;

namespace Runtime.Skills;

/// <summary>The files of a skill's folder, links refused, and the one hash of all of them.</summary>
internal static class SkillFiles
{
    /// <summary>Most files of a skill.</summary>
    public const int Most = 1000;

    /// <summary>Most bytes of all its files.</summary>
    public const long LargestInAll = 32 << 20;

    private const int Deepest = 12;

    /// <summary>The file that says what a folder's skill is: SKILL.md; config.json where that alone is there.</summary>
    public static string MainFile(string folder) => !File.Exists(Path.Combine(folder, "SKILL.md")) && File.Exists(Path.Combine(folder, "config.json")) ? "config.json" : "SKILL.md";

    /// <summary>Reads what a folder's skill says of itself. Nothing of it is run.</summary>
    /// <exception cref="SkillException">It is no skill, or cannot be read.</exception>
    public static SkillManifest Manifest(string folder)
    {
        var file = MainFile(folder);
        if (new FileInfo(Path.Combine(folder, file)) is { Exists: true, Length: > SkillManifest.LargestFile and var length }) throw new SkillException($"{file} has {length} bytes; {SkillManifest.LargestFile} are the most.");
        var text = ReadText(folder, file);
        if (file == "SKILL.md") return SkillManifest.Read(text);
        return File.Exists(Path.Combine(folder, SkillProgram.EntryFile)) ? SkillConfig.Read(text) : throw new SkillException($"There is a config.json without {SkillProgram.EntryFile} beside it, and no SKILL.md.");
    }

    /// <summary>A text file.</summary>
    /// <exception cref="SkillException">It cannot be read, is too large, or is not UTF-8.</exception>
    public static string ReadText(string folder, string path)
    {
        try { return new UTF8Encoding(false, true).GetString(Read(folder, path)); }
        catch (DecoderFallbackException e) { throw new SkillException($"{path} is not UTF-8.", e); }
    }

    /// <summary>Copies all files into a folder that may exist; only their owner may read them there.</summary>
    /// <exception cref="SkillException">One cannot be read.</exception>
    public static void Copy(string source, string folder)
    {
        foreach (var file in List(source))
        {
            var path = Path.Combine(folder, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (file.IsExecutable ? UnixFileMode.UserExecute : 0);
            using var output = new FileStream(path, options);
            output.Write(Read(source, file.Path));
        }
    }

    /// <summary>All files, by path, <c>/</c> between its parts. What is below <c>.git</c> is left out.</summary>
    /// <exception cref="SkillException">There is a link, a pipe, a device, or too much of it.</exception>
    public static IReadOnlyList<SkillFile> List(string folder)
    {
        var files = new List<SkillFile>();
        var size = 0L;
        Add(new DirectoryInfo(folder), "", 0);
        files.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return files;

        void Add(DirectoryInfo place, string above, int depth)
        {
            if (depth > Deepest) throw new SkillException($"{folder} has folders more than {Deepest} deep.");
            foreach (var entry in place.EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = 0 }))
            {
                var path = above + entry.Name;
                if (entry.LinkTarget is not null) throw new SkillException($"{path} in {folder} is a link; a skill can hold files and folders alone.");
                if (entry is DirectoryInfo below)
                {
                    if (entry.Name != ".git") Add(below, path + "/", depth + 1);
                    continue;
                }
                if ((entry.Attributes & FileAttributes.Device) != 0 || !IsPlain(entry)) throw new SkillException($"{path} in {folder} is no plain file.");
                size += ((FileInfo)entry).Length;
                files.Add(new SkillFile(path, ((FileInfo)entry).Length, IsExecutable(entry)));
                if (files.Count > Most) throw new SkillException($"{folder} has more than {Most} files.");
                if (size > LargestInAll) throw new SkillException($"{folder} has more than {LargestInAll >> 20} MB of files.");
            }
        }
    }

    /// <summary>Content of a file, opened without following links.</summary>
    /// <exception cref="SkillException">It cannot be read, or is too large.</exception>
    public static byte[] Read(string folder, string path)
    {
        try { return new FileArea(folder).ReadAll(path); }
        catch (ToolException e) { throw new SkillException(e.Message, e); }
    }

    /// <summary>SHA-256 over names, executable bits and contents of all files, lower-case hexadecimal.</summary>
    /// <exception cref="SkillException">They cannot be read.</exception>
    public static string Hash(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> size = stackalloc byte[8];
        foreach (var file in List(folder))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{(file.IsExecutable ? "x" : "-")}\0"));
            var content = Read(folder, file.Path);
            BinaryPrimitives.WriteInt64LittleEndian(size, content.Length);
            hash.AppendData(size);
            hash.AppendData(content);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // A pipe or a socket has no length and is none of what .NET calls a device.
    private static bool IsPlain(FileSystemInfo entry) => OperatingSystem.IsWindows() || Exec.Paths.FileKinds.Of(entry.FullName) == Exec.Paths.FileKind.File;

    private static bool IsExecutable(FileSystemInfo entry) =>
        !OperatingSystem.IsWindows() && (entry.UnixFileMode & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
}

/// <summary>A file of a skill.</summary>
/// <param name="Path">Below its folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="IsExecutable">True where somebody may run it.</param>
public sealed record SkillFile(string Path, long Size, bool IsExecutable);
