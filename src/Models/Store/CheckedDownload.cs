namespace Models.Store;

/// <summary>One file by its address, size and hash, fetched as model files are: what broke off goes on, and nothing counts before its SHA-256 is right.</summary>
public static class CheckedDownload
{
    /// <summary>Fetches it; returns once it is whole, checked and on the disk.</summary>
    /// <param name="client">A client of the one door out.</param>
    /// <param name="address">Where it is.</param>
    /// <param name="name">How messages name it.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="sha256">Lower-case hexadecimal.</param>
    /// <param name="part">The file here; kept on cancellation and network faults, and gone on with.</param>
    /// <param name="progress">How far it is, or null.</param>
    /// <param name="notice">Told why and how long it waits before it tries again, or null.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="StoreException">The server refused, kept failing, or sent something else; the disk is full.</exception>
    public static async Task FetchAsync(
        HttpClient client, Uri address, string name, long size, string sha256, string part, IProgress<PullProgress>? progress, Action<string>? notice, CancellationToken cancellation)
    {
        var downloader = new Downloader(client, new DownloadLimits { Notice = notice });
        await downloader.FetchAsync(new RemoteFile(name, address, size, sha256), part, (done, total) => progress?.Report(new(name, done, total)), cancellation);
    }
}
