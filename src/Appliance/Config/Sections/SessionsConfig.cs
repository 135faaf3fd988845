using System.Text.Json.Serialization;
using Runtime.Sessions;

namespace Appliance.Config.Sections;

/// <summary>What becomes of what was kept long enough.</summary>
internal enum HelperEnd
{
    /// <summary>It is put away: out of the list, and there all the same.</summary>
    [JsonStringEnumMemberName("archive")]
    Archive,

    /// <summary>It is deleted, transcripts and all.</summary>
    [JsonStringEnumMemberName("delete")]
    Delete,
}

/// <summary>Section <c>sessions</c>: what becomes of conversations. Immutable.</summary>
internal sealed record SessionsConfig(
    [property: Setting("Days after their end that the sessions of helpers (sessions_spawn) are kept as they are; 0 for always.", Hot = true, Least = 0)]
    int HelperDays = 7,
    [property: Setting("What becomes of them then: archive puts them out of the list, delete takes their transcripts too.", Hot = true)]
    HelperEnd HelperEnd = HelperEnd.Archive)
{
    /// <summary>As the sessions take it.</summary>
    public HelperRules ToRules() => new(HelperDays, HelperEnd == HelperEnd.Delete);
}
