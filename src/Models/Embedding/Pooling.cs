using System.Text.Json.Serialization;

namespace Models.Embedding;

/// <summary>How the vectors of a text's tokens become one.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Pooling>))]
internal enum Pooling
{
    /// <summary>Their mean.</summary>
    [JsonStringEnumMemberName("mean")] Mean,

    /// <summary>The first token's.</summary>
    [JsonStringEnumMemberName("cls")] Cls,

    /// <summary>In each place the largest.</summary>
    [JsonStringEnumMemberName("max")] Max,

    /// <summary>The graph has one row a text already.</summary>
    [JsonStringEnumMemberName("none")] None,
}
