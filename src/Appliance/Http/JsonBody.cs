using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Appliance.Http;

/// <summary>Reads a request's JSON body.</summary>
internal static class JsonBody
{
    private const int FirstBuffer = 16 * 1024;
    private const int LargeBody = 1024 * 1024;

    /// <summary>Reads and parses the body, whatever its content type says.</summary>
    /// <exception cref="ApiException">400: not JSON (with the position), or a field has the wrong type (with its name); 413: too large.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, CancellationToken cancellation) where T : class
    {
        // Grows with what really arrives: a Content-Length alone costs nothing. Not from a pool, which would keep large buffers for ever.
        var most = context.Request.ContentLength + 1 ?? Array.MaxLength;
        var buffer = new byte[Math.Min(most, FirstBuffer)];
        var length = 0;
        while (true)
        {
            var read = await ReadAsync(context, buffer.AsMemory(length), cancellation);
            if (read == 0) break;
            length += read;
            context.Features.Get<Admission.Place>()?.Grow(length);
            if (length == buffer.Length) Array.Resize(ref buffer, (int)Math.Min(most, buffer.Length * 2L));
        }
        if (length > LargeBody) context.Response.OnCompleted(GiveMemoryBack);
        return Parse(buffer.AsSpan(0, length), type);
    }

    /// <summary>Refuses bodies that do not say they are JSON: a web page can send other types anywhere without asking first.</summary>
    /// <exception cref="ApiException">415.</exception>
    public static void RequireJsonContentType(HttpRequest request)
    {
        if (!request.HasJsonContentType())
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "Send the body with the header Content-Type: application/json.");
    }

    private static async ValueTask<int> ReadAsync(HttpContext context, Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await context.Request.Body.ReadAsync(buffer, cancellation);
        }
        catch (IOException e) when (e is not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            // A chunk whose length is no number of 32 bits. Where the next request begins nobody knows.
            context.Response.Headers.Connection = "close";
            throw ApiException.BadRequest("The request body's chunks cannot be read.");
        }
    }

    private static T Parse<T>(ReadOnlySpan<byte> body, JsonTypeInfo<T> type) where T : class
    {
        if (body.StartsWith("\uFEFF"u8)) body = body["\uFEFF"u8.Length..];
        if (body.IsEmpty) throw ApiException.BadRequest("The request body is empty; it must be a JSON object.");
        try
        {
            RequireUnicode(body);
            return JsonSerializer.Deserialize(body, type) ?? throw ApiException.BadRequest("The request body must be a JSON object.");
        }
        catch (JsonException e)
        {
            throw Explain(e, type);
        }
    }

    /// <summary>What a large body became would stay with this process, in a machine that has better use for it.</summary>
    private static Task GiveMemoryBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Task.CompletedTask;
    }

    /// <summary>The parser checks text only when it is read, which may be long after: so all of it here.</summary>
    /// <exception cref="ApiException">400: text that is not Unicode.</exception>
    /// <exception cref="JsonException">It is not JSON.</exception>
    internal static void RequireUnicode(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) throw ApiException.BadRequest("The request body is not valid UTF-8.");
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (!reader.ValueIsEscaped) continue;
            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException)
            {
                throw ApiException.BadRequest($"There is half of a surrogate pair in the text at byte {reader.TokenStartIndex + 1}.");
            }
        }
    }

    private static ApiException Explain(JsonException fault, JsonTypeInfo type)
    {
        if (fault.Path is null)
        {
            var reason = fault.Message.Split(" LineNumber:")[0];
            return ApiException.BadRequest($"The request body is not valid JSON at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}: {reason}");
        }
        // "$.messages[0].role" and "$" are the shapes of Path.
        var field = fault.Path.TrimStart('$').TrimStart('.');
        if (field.Length == 0) return ApiException.BadRequest("The request body must be a JSON object.");
        var expected = type.Properties.FirstOrDefault(p => p.Name == field)?.PropertyType;
        return ApiException.BadRequest(expected is null ? $"{field} has the wrong type." : $"{field} must be {Describe(expected)}.", field);
    }

    private static string Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return "a string";
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(int)) return "an integer of at most 32 bits";
        if (type == typeof(long)) return "an integer of at most 64 bits";
        if (type == typeof(float)) return "a number";
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) ? "a list" : "an object";
    }
}
