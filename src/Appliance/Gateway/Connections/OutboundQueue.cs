using System.Threading.Channels;

namespace Appliance.Gateway.Connections;

/// <summary>
/// Frames on their way to one client, in order, bounded by bytes. Whoever has something to say never waits for a slow client; a client
/// that lets more pile up than the bound is given up. Many writers, one reader.
/// </summary>
/// <param name="mostBytes">The bound.</param>
internal sealed class OutboundQueue(int mostBytes)
{
    private readonly Channel<byte[]> _frames = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private long _bytes;

    /// <summary>Bytes that wait.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Adds a frame. False where it does not fit, or the queue has ended.</summary>
    public bool TryAdd(byte[] frame)
    {
        if (Interlocked.Add(ref _bytes, frame.Length) <= mostBytes && _frames.Writer.TryWrite(frame)) return true;
        Interlocked.Add(ref _bytes, -frame.Length);
        return false;
    }

    /// <summary>Takes no more; what is there is still read.</summary>
    public void End() => _frames.Writer.TryComplete();

    /// <summary>The frames, until the queue has ended and is empty. Each counts until <see cref="Sent"/> is said.</summary>
    public IAsyncEnumerable<byte[]> ReadAllAsync(CancellationToken cancellation) => _frames.Reader.ReadAllAsync(cancellation);

    /// <summary>The frame has left.</summary>
    public void Sent(byte[] frame) => Interlocked.Add(ref _bytes, -frame.Length);
}
