using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Models.Egress;

namespace Models.Store;

/// <summary>
/// Fetches one file into a part file and checks it. A part file that is already there is continued (RFC 9110 §14, Range): where the
/// SHA-256 is known it decides in the end whether the pieces fit; otherwise If-Range makes the server send everything again when the
/// file has changed since. Each attempt starts from the original address, as redirect targets are signed for a short time only.
/// </summary>
internal sealed class Downloader(HttpClient client, DownloadLimits limits)
{
    /// <summary>Fetches <paramref name="file"/> into <paramref name="part"/>; returns once it is whole, checked and on the disk.</summary>
    /// <param name="file">What to fetch.</param>
    /// <param name="part">The part file; kept on cancellation and network faults, removed when its content is wrong or the disk is full.</param>
    /// <param name="progress">Told the bytes here and in all.</param>
    /// <param name="cancellation">Stops the download.</param>
    /// <exception cref="StoreException">The server refused, kept failing, or sent something else; the disk is full.</exception>
    public async Task<Download> FetchAsync(RemoteFile file, string part, Action<long, long?>? progress, CancellationToken cancellation)
    {
        var (failures, answered) = (0, false);
        var resumed = new FileInfo(part) is { Exists: true, Length: > 0 };
        while (true)
        {
            var before = Length(part);
            TimeSpan? wait = null;
            StoreException why;
            try
            {
                var (expected, actual) = await AttemptAsync(file, part, progress, cancellation);
                if (expected is null || expected == actual) return new Download(actual, Checked: expected is not null);
                Discard(part);
                // Pieces from before may be what does not fit: once more from the beginning.
                if (!resumed)
                {
                    throw new StoreException(
                        $"{file.Name} is damaged: its SHA-256 is {actual}, not {expected}. Nothing of it was kept. Pull again; if it stays so, the source is wrong.");
                }
                resumed = false;
                continue;
            }
            catch (IOException e) when (Disk.IsFull(e))
            {
                Discard(part);
                throw FullDisk(file, file.Size, Path.GetDirectoryName(part)!, e);
            }
            catch (RetryException e)
            {
                (why, wait, answered) = (e.Error, e.After, true);
                if (++failures >= limits.Attempts) throw why;
            }
            catch (Exception e) when (HttpAnswer.IsTransient(e, cancellation))
            {
                why = HttpAnswer.Unreachable(file, e);
                var more = Length(part) > before;
                (failures, answered) = (more ? 1 : failures + 1, answered || more);
                if (failures >= (answered ? limits.Attempts : limits.FirstAttempts)) throw why;
            }
            catch (HttpRequestException e)
            {
                throw HttpAnswer.Unreachable(file, e);
            }
            await limits.WaitAsync(failures, wait, why, cancellation);
        }
    }

    private async Task<(string? Expected, string Actual)> AttemptAsync(
        RemoteFile file, string part, Action<long, long?>? progress, CancellationToken cancellation)
    {
        using var output = new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var validator = file.Sha256 is null ? ReadValidator(part) : null;
        var resumable = (file.Sha256 is not null || validator is not null) && (file.Size is not { } size || output.Length <= size);
        if (!resumable) output.SetLength(0);
        Disk.Append(hash, output, cancellation);

        var expected = file.Sha256;
        var total = file.Size;
        if (total is null || output.Length < total)
        {
            using var request = HttpAnswer.Get(file);
            if (output.Length > 0)
            {
                request.Headers.Range = new RangeHeaderValue(output.Length, null);
                request.Headers.IfRange = validator;
            }
            request.Options.Set(EgressHandler.OnRedirect, redirect => expected ??= LinkedSha256(redirect));
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            total = Accept(file, response, output, hash);
            expected ??= LinkedSha256(response);
            if (output.Length == 0) WriteValidator(part, response);
            if (total is { } all && Disk.FreeSpace(part) < all - output.Length) throw FullDisk(file, all, Path.GetDirectoryName(part)!, null);
            if (response.IsSuccessStatusCode) await CopyAsync(file, response, output, hash, total, progress, cancellation);
        }
        progress?.Invoke(output.Length, total);
        output.Flush(flushToDisk: true);
        return (expected, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Decides what an answer's body is: the rest of the file, all of it, or an error. Returns the file's whole size if known.</summary>
    private static long? Accept(RemoteFile file, HttpResponseMessage response, FileStream output, IncrementalHash hash)
    {
        var have = output.Length;
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            var range = response.Content.Headers.ContentRange;
            if (range is { Unit: "bytes", From: { } from } && from == have && (file.Size is null || range.Length is null || range.Length == file.Size))
                return file.Size ?? range.Length;
            output.SetLength(0);
            throw new RetryException(new StoreException($"{file.Address.IdnHost} answered with another part of {file.Name} than was asked for."), null);
        }
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && have > 0)
        {
            // "bytes */N" tells the size: nothing is left to send when it is what is here already.
            if (response.Content.Headers.ContentRange?.Length == have) return have;
            output.SetLength(0);
            throw new RetryException(HttpAnswer.Refused(file, response), TimeSpan.Zero);
        }
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var error = HttpAnswer.Refused(file, response);
            throw HttpAnswer.IsTransient(response.StatusCode) ? new RetryException(error, HttpAnswer.RetryAfter(response)) : error;
        }
        if (file.Sha256 is null && response.Content.Headers.ContentType?.MediaType == "text/html")
            throw new StoreException($"{EgressPolicy.Redact(file.Address)} is a web page, not a model file. Use the address of its download link.");
        // The server sends everything: it does not know ranges, or the file has changed.
        output.SetLength(0);
        output.Position = 0;
        hash.GetHashAndReset();
        var length = response.Content.Headers.ContentLength;
        if (file.Size is { } size && length is { } sent && sent != size)
            throw new StoreException($"{EgressPolicy.Redact(file.Address)} has {sent:N0} bytes, not the {size:N0} it should have. Pull again later.");
        return file.Size ?? length;
    }

    private async Task CopyAsync(
        RemoteFile file, HttpResponseMessage response, FileStream output, IncrementalHash hash, long? total,
        Action<long, long?>? progress, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 18];
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        while (true)
        {
            progress?.Invoke(output.Length, total);
            stall.CancelAfter(limits.Stall);
            int read;
            try { read = await body.ReadAsync(buffer, stall.Token); }
            // A reset arrives as a plain IOException, which must not be taken for one of the disk's.
            catch (IOException e) { throw new HttpIOException(HttpRequestError.ResponseEnded, e.Message, e); }
            if (read == 0) break;
            if (output.Length + read > total)
            {
                output.SetLength(0);
                throw new StoreException($"{EgressPolicy.Redact(file.Address)} sends more than the {total:N0} bytes it announced. Nothing of it was kept.");
            }
            await output.WriteAsync(buffer.AsMemory(0, read), cancellation);
            hash.AppendData(buffer.AsSpan(0, read));
        }
        if (output.Length < total) throw new HttpIOException(HttpRequestError.ResponseEnded, $"it ended after {output.Length:N0} of {total:N0} bytes");
    }

    /// <summary>The SHA-256 that Hugging Face puts, as X-Linked-Etag, on the redirect to a large file; a pasted link has no other.</summary>
    private static string? LinkedSha256(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Linked-Etag", out var values) ? Sha256OrNull(values.First().Trim('"')) : null;

    /// <summary>The text as a lower-case SHA-256 if it is one.</summary>
    public static string? Sha256OrNull(string? text) =>
        text is { Length: 64 } && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : null;

    /// <summary>Removes a part file and what belongs to it.</summary>
    public static void Discard(string part)
    {
        File.Delete(part);
        File.Delete(ValidatorPath(part));
    }

    private static string ValidatorPath(string part) => part + ".validator";

    private static RangeConditionHeaderValue? ReadValidator(string part) =>
        File.Exists(ValidatorPath(part)) && RangeConditionHeaderValue.TryParse(File.ReadAllText(ValidatorPath(part)), out var validator) ? validator : null;

    /// <summary>Remembers which file the part belongs to: RFC 9110 §13.1.5 allows a strong ETag or the date of the last change.</summary>
    private static void WriteValidator(string part, HttpResponseMessage response)
    {
        var validator = response.Headers.ETag is { IsWeak: false } tag ? tag.ToString()
            : response.Content.Headers.LastModified?.ToString("R", CultureInfo.InvariantCulture);
        if (validator is null) File.Delete(ValidatorPath(part));
        else File.WriteAllText(ValidatorPath(part), validator);
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static StoreException FullDisk(RemoteFile file, long? size, string folder, Exception? inner) => new(
        $"The disk is full: {file.Name} {(size is { } bytes ? $"needs {ByteSize.Format(bytes)}" : "does not fit")} and " +
        $"{ByteSize.Format(Disk.FreeSpace(folder))} are free under {folder}. Nothing was installed. Free some space, or set APPLIANCE_HOME to a larger disk.", inner);

    /// <summary>An attempt failed in a way that the next one may not.</summary>
    private sealed class RetryException(StoreException error, TimeSpan? after) : Exception
    {
        public StoreException Error { get; } = error;

        public TimeSpan? After { get; } = after;
    }
}
