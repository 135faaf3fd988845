using System.Diagnostics;

namespace TestKit;

/// <summary>A published binary that serves on a free port, until it is disposed.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private RunningServer(Process process, HttpClient client) => (Process, Client) = (process, client);

    /// <summary>The process; its first line of output has been read.</summary>
    public Process Process { get; }

    /// <summary>A client whose base address is the server's.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts a server and waits for the line that says where it listens.</summary>
    public static Task<RunningServer> StartAsync(string home, params string[] arguments) => StartAsync(home, null, arguments);

    /// <summary>The same, with the command line wrapped into another one, as <see cref="MemoryCgroup.Wrap"/> does.</summary>
    public static async Task<RunningServer> StartAsync(
        string home, Func<string, IEnumerable<string>, (string Program, string[] Arguments)>? wrap, params string[] arguments)
    {
        var process = ApplianceBinary.Start(home, ["serve", "--port", "0", .. arguments], null, wrap);
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync());
        const string Listening = "listening on ";
        if (!line.StartsWith(Listening, StringComparison.Ordinal)) throw new InvalidOperationException(line);
        return new RunningServer(process, new HttpClient { BaseAddress = new Uri(line[Listening.Length..]) });
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!Process.HasExited) Process.Kill();
        await Process.WaitForExitAsync();
        Process.Dispose();
    }
}
