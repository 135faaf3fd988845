using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Appliance.Network.Tailscale;

/// <summary>
/// A child and the thread that starts it and waits for it. One thread for both, because a child that is bound to its parent (<see cref="ParentBound"/>)
/// ends with the thread that started it.
/// </summary>
internal static class ChildProcess
{
    /// <summary>Runs it to its end, or kills it.</summary>
    /// <param name="start">Starts it, with its streams redirected.</param>
    /// <param name="heard">Hears each line of both streams, on other threads; null where nobody does.</param>
    /// <param name="most">Characters of each stream that are kept: the first.</param>
    /// <param name="cancellation">Kills it.</param>
    /// <exception cref="TailscaleException">It cannot be started.</exception>
    public static Task<TailscaleAnswer> RunAsync(Func<Process> start, Action<string>? heard, int most, CancellationToken cancellation)
    {
        var end = new TaskCompletionSource<TailscaleAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try { end.SetResult(Run(start, heard, most, cancellation)); }
            catch (Exception e) { end.SetException(e); }
        }, 256 * 1024)
        { IsBackground = true, Name = "tailscale" }.Start();
        return end.Task;
    }

    private static TailscaleAnswer Run(Func<Process> start, Action<string>? heard, int most, CancellationToken cancellation)
    {
        try
        {
            using var process = start();
            var (output, error) = (new StringBuilder(), new StringBuilder());
            process.OutputDataReceived += (_, line) => Take(output, line.Data);
            process.ErrorDataReceived += (_, line) => Take(error, line.Data);
            using var stop = cancellation.UnsafeRegister(_ => process.Kill(), null);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            process.StandardInput.Close();
            process.WaitForExit();
            return new(process.ExitCode, output.ToString(), error.ToString());
        }
        catch (Win32Exception e)
        {
            throw new TailscaleException(TailscaleFault.NotInstalled, $"Tailscale's command cannot be started: {e.Message}. Is gateway.tailscale.program right?", e);
        }

        void Take(StringBuilder text, string? line)
        {
            if (line is null) return;
            if (text.Length + line.Length < most) text.Append(line).Append('\n');
            heard?.Invoke(line);
        }
    }
}
