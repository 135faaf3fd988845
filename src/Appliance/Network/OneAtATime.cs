namespace Appliance.Network;

/// <summary>Work that goes on until other work takes its place: that begins when this has ended, as it is told to. Nothing of it throws. Safe for several threads.</summary>
internal sealed class OneAtATime : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _end = new();
    private Task _running = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Ends what goes on, and begins what comes after it; neither once this is disposed.</summary>
    /// <param name="choose">Told whether anything goes on, says what comes after it; null leaves all as it is. One is asked after another, in the order in which they begin.</param>
    public void Begin(Func<bool, Func<CancellationToken, Task>?> choose)
    {
        lock (_lock)
        {
            if (_isDisposed || choose(!_running.IsCompleted) is not { } next) return;
            var (before, last) = (_running, _end);
            last.Cancel();
            _end = new CancellationTokenSource();
            var cancellation = _end.Token;
            _running = Task.Run(async () =>
            {
                await before;
                last.Dispose();
                await next(cancellation);
            }, CancellationToken.None);
        }
    }

    /// <summary>Ends what goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (_lock)
        {
            _isDisposed = true;
            _end.Cancel();
            running = _running;
        }
        await running;
        _end.Dispose();
    }
}
