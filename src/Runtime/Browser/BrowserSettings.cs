namespace Runtime.Browser;

/// <summary>What browser there is. Immutable.</summary>
public sealed record BrowserSettings
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private static readonly string[] Folders = ["/usr/bin", "/usr/local/bin", "/snap/bin", "/opt/google/chrome"];

    /// <summary>Full path of the program; null for the first Chromium that is installed.</summary>
    public string? Program { get; init; }

    /// <summary>How long it stays open without being used.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The program's full path, or null where there is none.</summary>
    public string? Find() => Program is not null
        ? File.Exists(Program) ? Program : null
        : Folders.SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
}
