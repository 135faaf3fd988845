namespace Appliance.Http;

/// <summary>
/// Bounds what is in flight: requests, and the bytes of their bodies, so that many clients at once get 503 instead of using up the
/// memory. Safe for several threads.
/// </summary>
internal sealed class Admission(int maxRequests, long maxBodyBytes)
{
    private readonly Lock _lock = new();
    private int _requests;
    private long _bodyBytes;

    /// <summary>Takes a request in, until the result is disposed.</summary>
    /// <param name="bodyBytes">Bytes its body says it has; 0 where it does not say.</param>
    /// <exception cref="ApiException">503: as much as there is room for is in flight already.</exception>
    public Place Enter(long bodyBytes)
    {
        lock (_lock)
        {
            if (_requests >= maxRequests || (_requests > 0 && _bodyBytes + bodyBytes > MaxBodyBytes)) throw Busy();
            _requests++;
            _bodyBytes += bodyBytes;
        }
        return new Place(this, bodyBytes);
    }

    private long MaxBodyBytes { get; } = maxBodyBytes;

    private static ApiException Busy() =>
        new(StatusCodes.Status503ServiceUnavailable, "The server is busy with other requests. Try again in a moment.", null, "overloaded");

    /// <summary>A request that was taken in.</summary>
    internal sealed class Place(Admission admission, long bodyBytes) : IDisposable
    {
        private long _bodyBytes = bodyBytes;

        /// <summary>So many bytes of the body have come. Clients need not say its length before.</summary>
        /// <exception cref="ApiException">503: more than it said, and more than there is room for.</exception>
        public void Grow(long read)
        {
            lock (admission._lock)
            {
                if (read <= _bodyBytes) return;
                if (admission._requests > 1 && admission._bodyBytes + read - _bodyBytes > admission.MaxBodyBytes) throw Busy();
                admission._bodyBytes += read - _bodyBytes;
                _bodyBytes = read;
            }
        }

        public void Dispose()
        {
            lock (admission._lock)
            {
                admission._requests--;
                admission._bodyBytes -= _bodyBytes;
            }
        }
    }
}
