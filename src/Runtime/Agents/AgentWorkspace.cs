using Models;
using Runtime.Tools.Files;

namespace Runtime.Agents;

/// <summary>
/// An agent's workspace as its owner looks at it from outside: the files the agent is made of, and everything else to read. Nothing
/// outside the folder is read or written, whatever a path says and wherever a link in it points. Safe for several threads.
/// </summary>
/// <param name="folder">The workspace, which may not exist yet.</param>
public sealed class AgentWorkspace(string folder)
{
    /// <summary>Largest file that is read or written, bytes.</summary>
    public const int LargestFile = 1024 * 1024;

    /// <summary>The files an agent is made of; no other can be written from outside.</summary>
    public static readonly IReadOnlyList<string> KnownFiles = ["AGENTS.md", "SOUL.md", "TOOLS.md", "IDENTITY.md", "USER.md", "HEARTBEAT.md", "BOOTSTRAP.md", "MEMORY.md"];

    private static readonly Lock Writing = new();
    private readonly FileArea _files = new(folder);

    /// <summary>Where it is.</summary>
    public string Folder => _files.Workspace;

    /// <summary>One of the known files; null where it is not there.</summary>
    /// <exception cref="ModelException">No such file is known, it is no plain file, or too large.</exception>
    public WorkspaceFile? ReadKnown(string name) => Read(Known(name));

    /// <summary>Replaces one of the known files, durably.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">What it is to hold.</param>
    /// <param name="expectedHash">SHA-256 of what the writer has seen, hexadecimal; null to write whatever is there.</param>
    /// <exception cref="ModelException">No such file is known, the content is too large, or it holds something else than expected.</exception>
    public WorkspaceFile WriteKnown(string name, ReadOnlySpan<byte> content, string? expectedHash)
    {
        if (content.Length > LargestFile) throw new ModelException($"{name} would have {content.Length} bytes; {LargestFile} are the most.");
        lock (Writing)
        {
            var old = Read(Known(name));
            if (expectedHash is not null && !string.Equals(old?.Hash, expectedHash, StringComparison.OrdinalIgnoreCase))
                throw new ModelException($"{name} has been changed since it was read. Read it again and repeat the change.");
            _files.Write(name, content);
            return Read(name)!;
        }
    }

    /// <summary>What is in a folder, folders first, by name. Links are left out.</summary>
    /// <param name="path">Relative, <c>/</c> between its parts; empty for the workspace itself.</param>
    /// <exception cref="ModelException">There is no such folder.</exception>
    public IReadOnlyList<WorkspaceEntry> List(string path)
    {
        RequireInside(path);
        if (path.Length == 0 && !Directory.Exists(Folder)) return [];
        return [.. _files.List(path).Where(e => e.Kind != FileKind.Other)
            .Select(e => new WorkspaceEntry(path.Length == 0 ? e.Name : $"{path}/{e.Name}", e.Name, e.Kind == FileKind.Folder, e.Kind == FileKind.Folder ? null : e.Size))
            .OrderByDescending(e => e.IsFolder).ThenBy(e => e.Name, StringComparer.Ordinal)];
    }

    /// <summary>Any file; null where it is not there.</summary>
    /// <param name="path">Relative, <c>/</c> between its parts.</param>
    /// <exception cref="ModelException">The path leads out, or to no plain file, or to one that is too large.</exception>
    public WorkspaceFile? Read(string path)
    {
        RequireInside(path);
        var (above, name) = path.LastIndexOf('/') is var slash and >= 0 ? (path[..slash], path[(slash + 1)..]) : ("", path);
        if (!Directory.Exists(Folder) || _files.List(above).All(e => e.Name != name)) return null;
        using var file = _files.OpenRead(path);
        if (file.Length > LargestFile) throw new ModelException($"{path} has {file.Length} bytes; {LargestFile} are the most that is shown.");
        var content = new byte[file.Length];
        var read = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        return new WorkspaceFile(Path.Combine(Folder, path), content[..read], new DateTimeOffset(File.GetLastWriteTimeUtc(file.SafeFileHandle)).ToUnixTimeMilliseconds());
    }

    private static string Known(string name) =>
        KnownFiles.Contains(name) ? name : throw new ModelException($"{name} is none of the files an agent is made of: {string.Join(", ", KnownFiles)}.");

    private static void RequireInside(string path)
    {
        if (path.Length > 0 && path.Split('/').Any(part => part is "" or "." or ".." || part.Any(c => c is '\\' || char.IsControl(c))))
            throw new ModelException($"{path} is no path inside the workspace.");
    }
}
