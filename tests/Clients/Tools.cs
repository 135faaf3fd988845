using TestKit;

namespace Clients;

/// <summary>Programs of the machine that some of these tests need, and that are not fetched.</summary>
internal static class Tools
{
    /// <summary>Types into the TUI.</summary>
    public static string? Python => Find("python3");

    /// <summary>Shows the Control UI.</summary>
    public static string? Chromium => Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } given ? given : Find("chromium") ?? Find("chromium-browser") ?? Find("google-chrome");

    /// <summary>Where what drives the browser is installed.</summary>
    public static string BrowserFolder => Path.Combine(Repository.Root, "artifacts", "browser");

    private static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}

/// <summary>A test that needs a terminal to type into; skipped with a word where Python is not installed.</summary>
public sealed class TerminalFactAttribute : FactAttribute
{
    /// <summary>Looks whether it is there.</summary>
    public TerminalFactAttribute()
    {
        if (Tools.Python is null) Skip = "python3, which types into the pseudo-terminal, is not installed.";
        else if (Shared.Find(ClientsFixture.Model.Split('/')) is null) Skip = $"{ClientsFixture.Model} is not there.";
    }
}

/// <summary>A test that needs a browser; skipped with a word where Chromium is not installed.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    /// <summary>Looks whether it is there.</summary>
    public BrowserFactAttribute()
    {
        if (Tools.Chromium is null) Skip = "Chromium is not installed.";
        else if (Shared.Find(ClientsFixture.Model.Split('/')) is null) Skip = $"{ClientsFixture.Model} is not there.";
    }
}
