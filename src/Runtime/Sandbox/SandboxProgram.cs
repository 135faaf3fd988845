namespace Runtime.Sandbox;

/// <summary>One program of a pipeline, ready to start.</summary>
/// <param name="Path">The whole path of its file.</param>
/// <param name="Argv">What it gets, its own name first.</param>
/// <param name="Folder">Where it runs.</param>
/// <param name="Environment">All of its environment.</param>
public sealed record SandboxProgram(string Path, IReadOnlyList<string> Argv, string Folder, IReadOnlyList<KeyValuePair<string, string>> Environment)
{
    /// <summary>Where its descriptors go, in order.</summary>
    public IReadOnlyList<DescriptorChange> Changes { get; init; } = [];
}

/// <summary>A change to a descriptor of a program before it starts.</summary>
/// <param name="Descriptor">0, 1 or 2.</param>
/// <param name="File">A file, by its real path; null to take another descriptor's place.</param>
/// <param name="Same">The other descriptor.</param>
/// <param name="IsAppended">True where a written file is kept and written on at its end.</param>
public readonly record struct DescriptorChange(int Descriptor, string? File, int Same = -1, bool IsAppended = false);
