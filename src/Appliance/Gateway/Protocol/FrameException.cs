namespace Appliance.Gateway.Protocol;

/// <summary>A frame that is no request.</summary>
/// <param name="id">The id to answer to.</param>
/// <param name="fault">What is wrong with it, without any of its content.</param>
internal sealed class FrameException(string id, string fault) : Exception($"invalid request frame: {fault}")
{
    /// <summary>The id to answer to; <see cref="FrameReader.NoId"/> where the frame's own cannot be read.</summary>
    public string Id { get; } = id;
}
