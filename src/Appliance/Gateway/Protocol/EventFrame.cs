using System.Globalization;
using System.Text;

namespace Appliance.Gateway.Protocol;

/// <summary>An event that lacks its number and its end. Immutable: one is shared by all who get it.</summary>
internal readonly struct EventFrame(byte[] head)
{
    /// <summary>The frame of the client whose <paramref name="seq"/>th broadcast event this is; without a number where it is null.</summary>
    public byte[] Numbered(long? seq)
    {
        var tail = seq is { } number ? string.Create(CultureInfo.InvariantCulture, $",\"seq\":{number}}}") : "}";
        var frame = new byte[head.Length + tail.Length];
        head.CopyTo(frame, 0);
        Encoding.ASCII.GetBytes(tail, frame.AsSpan(head.Length));
        return frame;
    }
}
