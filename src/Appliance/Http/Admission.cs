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

    /// <summary>Takes a request in, until the result is disposed. Until its body was read its whole length is counted.</summary>
    /// <param name="bodyBytes">Most bytes its body can have.</param>
    /// <exception cref="ApiException">503: as much as there is room for is in flight already.</exception>
    public Place Enter(long bodyBytes)
    {
        lock (_lock)
        {
            if (_requests >= maxRequests || (_requests > 0 && _bodyBytes + bodyBytes > maxBodyBytes))
                throw new ApiException(StatusCodes.Status503ServiceUnavailable, "The server is busy with other requests. Try again in a moment.", null, "overloaded");
            _requests++;
            _bodyBytes += bodyBytes;
        }
        return new Place(this, bodyBytes);
    }

    /// <summary>A request that was taken in.</summary>
    internal sealed class Place(Admission admission, long bodyBytes) : IDisposable
    {
        private long _bodyBytes = bodyBytes;

        /// <summary>The body has been read: what counts from now on is what it really has. Clients need not say its length before.</summary>
        public void Settle(long read)
        {
            lock (admission._lock)
            {
                admission._bodyBytes -= _bodyBytes - read;
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
