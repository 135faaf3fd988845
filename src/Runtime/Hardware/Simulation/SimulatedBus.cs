using Runtime.Hardware.Devices;

namespace Runtime.Hardware.Simulation;

/// <summary>
/// A chip or a port that is only remembered, as simple ones are: a chip on I2C has 256 registers of a byte, the first byte written says which, and
/// what is written and read goes on from there; one on SPI gives back what the world last put there, zeros before that; a serial port has its
/// two wires joined, so that what is written comes back. Safe for several threads.
/// </summary>
internal sealed class SimulatedBus(string way) : IBus
{
    private readonly Lock _lock = new();
    private readonly byte[] _registers = new byte[256];
    private readonly Queue<byte> _waiting = new();
    private byte[] _said = [];
    private byte _at;

    public byte[] Transfer(ReadOnlySpan<byte> write, int read)
    {
        lock (_lock)
        {
            switch (way)
            {
                case DeviceAddress.I2c:
                    Put(write);
                    return Get(read);
                case DeviceAddress.Spi:
                    var taken = new byte[write.Length + read];
                    _said.AsSpan(0, Math.Min(_said.Length, taken.Length)).CopyTo(taken);
                    return taken;
                default:
                    if (write.Length > 0 && read > 0) _waiting.Clear();
                    Hear(write);
                    var answer = new List<byte>();
                    while (answer.Count < read && _waiting.TryDequeue(out var next)) answer.Add(next);
                    return [.. answer];
            }
        }
    }

    /// <summary>The world puts bytes there: into registers as a write does, on SPI's wire, or into a serial port.</summary>
    public void Simulate(byte[] bytes)
    {
        lock (_lock)
        {
            if (way == DeviceAddress.I2c) Put(bytes);
            else if (way == DeviceAddress.Spi) _said = bytes;
            else Hear(bytes);
        }
    }

    public void Dispose() { }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0) return;
        _at = bytes[0];
        foreach (var value in bytes[1..]) _registers[_at++] = value;
    }

    private byte[] Get(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = _registers[_at++];
        return bytes;
    }

    // What nobody reads is lost, as the kernel does it: it keeps 4 KB.
    private void Hear(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (_waiting.Count == 4096) _waiting.Dequeue();
            _waiting.Enqueue(value);
        }
    }
}
