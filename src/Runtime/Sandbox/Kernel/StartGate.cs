namespace Runtime.Sandbox.Kernel;

/// <summary>
/// Where a program waits before it starts, until its limits are on it (seccomp_unotify(2), Linux 5.5). Closed when it is disposed of.
/// </summary>
internal sealed unsafe class StartGate(int descriptor) : IDisposable
{
    private const nuint Receive = 0xC0502100, Send = 0xC0182101;

    /// <summary>Waits a while for one to come; its process, or 0.</summary>
    /// <param name="id">To let it pass.</param>
    /// <param name="patience">Milliseconds.</param>
    public int Wait(out ulong id, int patience)
    {
        id = 0;
        // struct pollfd: a descriptor, POLLIN.
        var poll = stackalloc int[2];
        (poll[0], poll[1]) = (descriptor, 1);
        if (Native.Poll(poll, 1, patience) <= 0) return 0;
        // struct seccomp_notif: 64 bits of id, then the process.
        var notice = stackalloc byte[80];
        new Span<byte>(notice, 80).Clear();
        if (Native.DeviceControl(descriptor, Receive, notice) != 0) return 0;
        id = *(ulong*)notice;
        return *(int*)(notice + 8);
    }

    /// <summary>Lets it pass: the call goes on as if nothing had been.</summary>
    public void Pass(ulong id)
    {
        // struct seccomp_notif_resp: id, value, error, flags (1 is to continue).
        var answer = stackalloc byte[24];
        new Span<byte>(answer, 24).Clear();
        *(ulong*)answer = id;
        *(uint*)(answer + 20) = 1;
        _ = Native.DeviceControl(descriptor, Send, answer);
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Native.Close(descriptor);
}
