namespace Runtime.Hardware.Board;

/// <summary>What a chip or a port gave. Immutable.</summary>
/// <param name="Settings">What it is.</param>
/// <param name="Bytes">All that came.</param>
public sealed record BusAnswer(BusSettings Settings, byte[] Bytes)
{
    /// <summary>The same to be read: hexadecimal, and text where a serial port sends some.</summary>
    public string Text => BusBytes.Text(Bytes, Settings.IsSerial);
}
