namespace TestKit;

/// <summary>
/// An executable in the place of Tailscale's command, in a folder of its own: answers in the real command's forms (tests/TestKit/Tailscale), in a state
/// that a test chooses, and keeps what it was asked. What it claims holds as long as the process that claimed it, as with the daemon.
/// </summary>
public sealed class FakeTailscale : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>One in a state.</summary>
    public FakeTailscale(string state = "running")
    {
        foreach (var file in Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, "tests", "TestKit", "Tailscale"))) File.Copy(file, In(System.IO.Path.GetFileName(file)));
        File.Move(In("tailscale.sh"), Path);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
        State = state;
    }

    /// <summary>The executable.</summary>
    public string Path => In("tailscale");

    /// <summary>Which state it is in: the script names them.</summary>
    public string State { set => File.WriteAllText(In("state"), value + "\n"); }

    /// <summary>What it was asked, a line a call.</summary>
    public IReadOnlyList<string> Log => File.Exists(In("log")) ? File.ReadAllLines(In("log")) : [];

    /// <summary>The processes that hold a claim.</summary>
    public IReadOnlyList<int> Claims => !Directory.Exists(In("claims")) ? [] : [.. Directory.EnumerateFiles(In("claims")).Select(file => int.Parse(System.IO.Path.GetFileName(file), System.Globalization.CultureInfo.InvariantCulture)).Where(IsThere)];

    /// <summary>Puts something there that somebody set up to stay: members of the JSON of what is served.</summary>
    public void ServeByHand(string members) => File.WriteAllText(In("by-hand.json"), members);

    /// <summary>Takes away what it knows of an address.</summary>
    public void Forget(string address) => File.Delete(In($"whois-{address}.json"));

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private string In(string name) => System.IO.Path.Combine(_folder.Path, name);

    // A process that ended and that nobody has asked after yet holds nothing.
    private static bool IsThere(int process)
    {
        try { return File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1][0] != 'Z'; }
        catch (IOException) { return false; }
    }
}
