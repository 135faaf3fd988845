using System.Globalization;
using System.Text;

namespace Appliance.Http.Metrics;

/// <summary>Writes Prometheus' text format, version 0.0.4. Used by one thread.</summary>
internal sealed class PrometheusText
{
    /// <summary>Its content type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>Begins a metric.</summary>
    /// <param name="name">Its name; of counters it ends in <c>_total</c>.</param>
    /// <param name="type"><c>counter</c> or <c>gauge</c>.</param>
    /// <param name="help">What it is, on one line.</param>
    public PrometheusText Metric(string name, string type, string help)
    {
        _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    /// <summary>Adds a sample.</summary>
    public PrometheusText Sample(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name);
        for (var i = 0; i < labels.Length; i++)
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(Escape(labels[i].Value)).Append('"');
        if (labels.Length > 0) _text.Append('}');
        _text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    /// <summary>Adds a metric that is one number.</summary>
    public PrometheusText Single(string name, string type, string help, double value) => Metric(name, type, help).Sample(name, value);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
