namespace Appliance.Gateway.Protocol;

/// <summary>The numbers of OpenClaw's gateway protocol (PROTOCOL.md §1) that this gateway keeps and, where clients ask, tells.</summary>
internal static class ProtocolLimits
{
    /// <summary>Newest protocol, the only one for operators.</summary>
    public const int Newest = 4;

    /// <summary>Oldest protocol nodes and probes may speak.</summary>
    public const int OldestForNodesAndProbes = 3;

    /// <summary>Largest frame before hello, bytes.</summary>
    public const int FrameBeforeHello = 64 * 1024;

    /// <summary>Largest frame after hello, bytes.</summary>
    public const int Frame = 25 * 1024 * 1024;

    /// <summary>
    /// Most bytes that may wait for one client; who lets more pile up is cut off. Smaller than OpenClaw's 50 MiB: this runs on boxes with
    /// 1 GB, and the largest answer (<see cref="HistoryBytes"/>) fits twice.
    /// </summary>
    public const int Buffered = 16 * 1024 * 1024;

    /// <summary>Most bytes of one page of history.</summary>
    public const int HistoryBytes = 6 * 1024 * 1024;

    /// <summary>Requests of one connection that may be in work at once; the next waits unread.</summary>
    public const int PendingRequests = 256;

    /// <summary>Frames that are no requests, and requests of the wrong role, that one connection may send before it is closed.</summary>
    public const int Offences = 10;

    /// <summary>How long a client has for its connect request.</summary>
    public static readonly TimeSpan Handshake = TimeSpan.FromSeconds(15);

    /// <summary>The same where many from its address have not made theirs yet.</summary>
    public static readonly TimeSpan HandshakeInACrowd = TimeSpan.FromSeconds(5);

    /// <summary>Time between ticks; clients leave after two without any event.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(30);

    /// <summary>WebSocket ping interval; who gives no sign of life for two of them is gone.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(25);

    /// <summary>How long the answer to an idempotency key is kept.</summary>
    public static readonly TimeSpan DedupeFor = TimeSpan.FromSeconds(300);

    /// <summary>How many idempotency keys are kept.</summary>
    public const int DedupeKeys = 1000;
}
