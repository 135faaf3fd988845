using System.Runtime.InteropServices;

namespace Appliance.Commands;

/// <summary>
/// What Ctrl-C and SIGTERM do: the first cancels the command, which cleans up and ends; the second ends the process at once. A command
/// in a dialogue may take Ctrl-C for itself.
/// </summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private static Func<bool>? _dialogue;

    public Interrupts()
    {
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            if (Volatile.Read(ref _dialogue) is { } dialogue) context.Cancel = dialogue();
            else Cancel(context);
        });
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>From now on Ctrl-C asks <paramref name="dialogue"/>: true when it was dealt with, false to end the process.</summary>
    public static void Ask(Func<bool> dialogue) => Volatile.Write(ref _dialogue, dialogue);

    private void Cancel(PosixSignalContext context)
    {
        context.Cancel = !_cancellation.IsCancellationRequested;
        _cancellation.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _cancellation.Dispose();
    }
}
