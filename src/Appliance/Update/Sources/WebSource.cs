using Appliance.Update.Manifests;
using Models;
using Models.Egress;
using Models.Store;

namespace Appliance.Update.Sources;

/// <summary>A release at an address, fetched through the one door out.</summary>
internal sealed class WebSource : UpdateSource
{
    private readonly EgressDoor _door;
    private readonly HttpClient _client;
    private readonly Uri _manifest;
    private readonly Action<string>? _notice;

    /// <summary>Opens it; nothing is asked yet.</summary>
    /// <param name="place">The folder's address.</param>
    /// <param name="channel">Whose manifest is meant.</param>
    /// <param name="policy">The owner's rules for what may leave this machine.</param>
    /// <param name="notice">Told why a download waits, or null.</param>
    /// <exception cref="UpdateException">It is no address.</exception>
    public WebSource(string place, string channel, EgressPolicy policy, Action<string>? notice)
    {
        _manifest = Uri.TryCreate(place.TrimEnd('/') + "/" + NameOf(channel), UriKind.Absolute, out var address) && address.Query.Length == 0 && address.UserInfo.Length == 0
            ? address : throw new UpdateException($"'{place}' is no address to fetch updates from. `appliance update channel {channel} --url https://…` sets one.");
        (_door, _notice) = (new EgressDoor(policy), notice);
        _client = _door.CreateHttpClient();
        _client.MaxResponseContentBufferSize = ManifestReader.Longest;
    }

    /// <inheritdoc/>
    public override string Name => EgressPolicy.Redact(_manifest);

    /// <inheritdoc/>
    public override async Task<(byte[] Manifest, byte[] Signature)> ReadManifestAsync(CancellationToken cancellation) =>
        (await ReadAsync(_manifest, cancellation), await ReadAsync(new Uri(_manifest.AbsoluteUri + ".sig"), cancellation));

    /// <inheritdoc/>
    public override Task FetchAsync(string name, long size, string sha256, string? target, IProgress<PullProgress>? progress, CancellationToken cancellation) =>
        // What is at an address is compared when it is here.
        target is null ? Task.CompletedTask : CheckedDownload.FetchAsync(_client, new Uri(_manifest, name), name, size, sha256, target, progress, _notice, cancellation);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _client.Dispose();
        _door.Dispose();
        base.Dispose();
    }

    private async Task<byte[]> ReadAsync(Uri address, CancellationToken cancellation)
    {
        try
        {
            return await _client.GetByteArrayAsync(address, cancellation);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            if (e.InnerException is ModelException refused) throw refused;
            throw new UpdateException($"Cannot fetch {EgressPolicy.Redact(address)}: {e.Message}", e);
        }
    }
}
