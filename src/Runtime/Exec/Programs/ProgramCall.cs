using Runtime.Exec.Paths;

namespace Runtime.Exec.Programs;

/// <summary>A program's arguments, as a profile judges them.</summary>
/// <param name="Name">The program's name, as it is listed.</param>
/// <param name="Arguments">What comes after it, expanded.</param>
/// <param name="Folder">Where it runs, a real path.</param>
/// <param name="Workspace">What it may read.</param>
/// <param name="Allowed">What the owner allows.</param>
internal sealed record ProgramCall(string Name, IReadOnlyList<string> Arguments, string Folder, Workspace Workspace, AllowList Allowed)
{
    /// <summary>Why a path may not be read, or null. <c>-</c> is the input.</summary>
    public string? WhyNotRead(string path) => path == "-" ? null : Workspace.WhyNotRead(path, Folder);

    /// <summary>The first reason against reading one of some paths, or null.</summary>
    public string? WhyNotRead(IEnumerable<string> paths) => paths.Select(WhyNotRead).FirstOrDefault(reason => reason is not null);
}
