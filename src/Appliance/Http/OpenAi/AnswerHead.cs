using System.Security.Cryptography;

namespace Appliance.Http.OpenAi;

/// <summary>What every event of one answer repeats.</summary>
internal sealed class AnswerHead(string prefix, string model)
{
    /// <summary>Unique to the answer.</summary>
    public string Id { get; } = prefix + RandomNumberGenerator.GetHexString(24, lowercase: true);

    /// <summary>When it was begun, Unix seconds.</summary>
    public long Created { get; } = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    /// <summary>The model that answers, as far as it is known.</summary>
    public string Model { get; set; } = model;
}
