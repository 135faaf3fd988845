namespace Models.Onnx.Kernels;

/// <summary>Memory for code that is made at run time; kept as long as the process runs.</summary>
internal static unsafe class ExecutableMemory
{
    // PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4; MAP_PRIVATE | MAP_ANONYMOUS = 0x22 on Linux.
    private const int Read = 1, Write = 2, Execute = 4, PrivateAnonymous = 0x22;
    private const int Alignment = 64;

    /// <summary>
    /// Addresses of the functions, or null where the system does not let written memory become code (systemd's MemoryDenyWriteExecute,
    /// SELinux): it is never both at once.
    /// </summary>
    public static nint[]? Of(IReadOnlyList<byte[]> functions)
    {
        var size = (nuint)functions.Sum(function => function.Length + Alignment);
        var memory = Libc.Map(0, size, Read | Write, PrivateAnonymous, -1, 0);
        if (memory == -1) return null;
        var addresses = new nint[functions.Count];
        var next = memory;
        for (var i = 0; i < functions.Count; i++)
        {
            addresses[i] = next;
            functions[i].CopyTo(new Span<byte>((void*)next, functions[i].Length));
            next = (next + functions[i].Length + Alignment - 1) / Alignment * Alignment;
        }
        return Libc.Protect(memory, size, Read | Execute) == 0 ? addresses : null;
    }
}
