using System.ComponentModel;
using System.Diagnostics;
using Appliance.Update.Slots;

namespace Appliance.Update;

/// <summary>Whether a program can be executed on this machine at all: it is asked for its version, before anything leads to it.</summary>
internal static class ProgramTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Asks it.</summary>
    /// <exception cref="UpdateException">It does not run here.</exception>
    public static async Task RunAsync(string program, CancellationToken cancellation)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, "--version")
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { [SlotStart.Variable] = SlotStart.Off },
            })!;
            process.StandardInput.Close();
            try
            {
                var (output, error) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
                await process.WaitForExitAsync(patience.Token);
                await output;
                if (process.ExitCode == 0) return;
                throw new UpdateException($"The new version does not run on this machine (exit code {process.ExitCode}): {(await error).Trim()} Nothing was changed.");
            }
            finally
            {
                if (!process.HasExited) process.Kill();
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new UpdateException($"The new version did not say its version within {Patience.TotalSeconds:0} seconds. Nothing was changed.");
        }
        catch (Win32Exception e)
        {
            throw new UpdateException($"The new version cannot be executed on this machine: {e.Message}. Nothing was changed.", e);
        }
    }
}
