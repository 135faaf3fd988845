using System.ComponentModel;
using System.Diagnostics;

namespace Appliance.FirstBoot.Setup;

/// <summary>Runs a program of the system with its arguments, without a shell.</summary>
internal static class SystemProgram
{
    private const int MostOutput = 64 * 1024;

    /// <summary>Runs it to its end.</summary>
    /// <param name="patience">How long it may take.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">Variables beside this program's own.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>What it wrote, at most 64 KB.</returns>
    /// <exception cref="FirstBootException">It is not there, fails, or takes too long; it is ended then.</exception>
    public static async Task<string> RunAsync(TimeSpan patience, IReadOnlyList<string> command, CancellationToken cancellation, params (string Name, string Value)[] environment)
    {
        var line = string.Join(' ', command);
        using var process = Start(command, environment);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(patience);
        try
        {
            var (output, error) = (ReadAsync(process.StandardOutput, late.Token), ReadAsync(process.StandardError, late.Token));
            await process.WaitForExitAsync(late.Token);
            var (said, complained) = (await output, await error);
            return process.ExitCode == 0 ? said : throw new FirstBootException($"`{line}` failed: {(complained.Trim().Length > 0 ? complained : said).Trim()}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new FirstBootException($"`{line}` did not end within {patience.TotalSeconds:0} seconds.");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>Starts it; its output is to be read.</summary>
    /// <exception cref="FirstBootException">It is not there.</exception>
    public static Process Start(IReadOnlyList<string> command, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new FirstBootException($"{command[0]} cannot be run: {e.Message}", e);
        }
    }

    // To its end, so that the other side is never held up; what is beyond the bound is dropped.
    private static async Task<string> ReadAsync(StreamReader from, CancellationToken cancellation)
    {
        var (text, buffer) = (new System.Text.StringBuilder(), new char[4096]);
        int read;
        while ((read = await from.ReadAsync(buffer, cancellation)) > 0)
            if (text.Length < MostOutput) text.Append(buffer, 0, read);
        return text.ToString();
    }
}
