using Models;

namespace Appliance.Hosting.Service;

/// <summary>
/// Tells the service manager that this server is ready, once its own health check says so, and that it is alive, as long as its loops go
/// round: the door answers, every loaded model's loop has taken something up and done it, no turn is past its end. What stands still stops
/// the feeding, however well the rest is; a clock alone feeds nothing.
/// </summary>
/// <param name="manager">Who hears of it.</param>
/// <param name="check">Gives the status of a path of this server; 0 for no answer.</param>
/// <param name="pulse">Ends when every model's loop has gone round.</param>
/// <param name="stuckTurn">What is said of a turn that is past its end; null where there is none.</param>
/// <param name="time">The clock.</param>
internal sealed class ServiceWatch(
    ServiceManager manager, Func<string, CancellationToken, Task<int>> check, Func<CancellationToken, Task> pulse, Func<string?> stuckTurn, TimeProvider time)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);
    private string? _told;

    /// <summary>Runs until it is cancelled.</summary>
    /// <param name="status">What a person sees where all is well, one line.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(string status, CancellationToken cancellation)
    {
        try
        {
            while (await check("/readyz", cancellation) is 0 or >= 500) await Task.Delay(LookAgain, time, cancellation);
            manager.Ready(_told = status);
            // Three looks fit in: two may come late.
            while (manager.Watchdog is { } within)
            {
                if (await IsAliveAsync(status, cancellation)) manager.Feed();
                await Task.Delay(within / 4, time, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // It is told to end.
        }
    }

    private async Task<bool> IsAliveAsync(string status, CancellationToken cancellation)
    {
        var problem = await check("/healthz", cancellation) is 0 ? "the server does not answer itself" : stuckTurn();
        if (problem is null)
        {
            // A model that stands still never ends this.
            try { await pulse(cancellation); }
            catch (ModelException e) { problem = e.Message; }
        }
        if (_told != (problem ?? status)) manager.Status(_told = problem ?? status);
        return problem is null;
    }
}
