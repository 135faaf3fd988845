using System.Text;

namespace Appliance.Network.Discovery.Dns;

/// <summary>A name of DNS: labels of up to 63 bytes of UTF-8 each, 255 in all (RFC 1035, section 3.1; RFC 6762, section 16). Equal where letters differ by case alone. Immutable.</summary>
internal sealed class DnsName : IEquatable<DnsName>
{
    /// <summary>Bytes of a label, and of a name.</summary>
    public const int LongestLabel = 63, Longest = 255;

    /// <summary>A name by its labels.</summary>
    /// <exception cref="ArgumentException">A label is empty or too long, or all of them are.</exception>
    public DnsName(params IReadOnlyList<string> labels)
    {
        if (labels.Any(label => Encoding.UTF8.GetByteCount(label) is 0 or > LongestLabel) || labels.Sum(label => Encoding.UTF8.GetByteCount(label) + 1) + 1 > Longest) throw new ArgumentException("no name of DNS", nameof(labels));
        Labels = labels;
    }

    /// <summary>Its labels, the narrowest first.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>A name as it is written, with dots between labels that have none in them.</summary>
    public static DnsName Of(string text) => new(text.Split('.'));

    /// <inheritdoc/>
    public bool Equals(DnsName? other) => other is not null && Labels.Count == other.Labels.Count && Labels.Zip(other.Labels).All(pair => pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DnsName);

    /// <inheritdoc/>
    public override int GetHashCode() => Labels.Count == 0 ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(Labels[0]);

    /// <summary>With dots between labels; a dot within one is shown like any other.</summary>
    public override string ToString() => string.Join('.', Labels);
}
