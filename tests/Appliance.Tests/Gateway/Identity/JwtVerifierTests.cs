using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Appliance.Gateway.Identity;
using Appliance.Tests.Http;
using Models;
using TestKit;

namespace Appliance.Tests.Gateway.Identity;

public sealed class JwtVerifierTests
{
    private const string Key = "0123456789abcdef0123456789abcdef-jwt";
    private static readonly DateTimeOffset Now = new ManualTime().GetUtcNow();
    private static readonly long Second = Now.ToUnixTimeSeconds();
    private static readonly Func<ManualTime> Clock = () => new ManualTime();
    private readonly JwtVerifier _hs256 = new(JwtOptions.Create("HS256", Key, "https://issuer", "box"), Clock());

    private static JsonObject Claims(Action<JsonObject>? change = null)
    {
        var claims = new JsonObject { ["iss"] = "https://issuer", ["aud"] = "box", ["sub"] = "ada", ["exp"] = Second + 60, ["scope"] = "operator.read operator.write" };
        change?.Invoke(claims);
        return claims;
    }

    private static string Sign(JsonObject claims, string head = """{"alg":"HS256","typ":"JWT"}""", string key = Key)
    {
        var text = $"{Encode(head)}.{Encode(claims.ToJsonString())}";
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void Verify_RightToken_IsWhoItSays_WithItsScopes()
    {
        var principal = _hs256.Verify(Sign(Claims()))!;
        Assert.Equal(("operator", "ada", "jwt", "jwt:ada"), (principal.Role, principal.Subject, principal.Method, principal.Caller));
        Assert.Equal([Scope.Read, Scope.Write], principal.Scopes);
        Assert.NotNull(_hs256.Verify(Sign(Claims(c => c["aud"] = new JsonArray("other", "box")))));
        Assert.NotNull(_hs256.Verify(Sign(Claims(c => c["exp"] = Second - 29))));
        Assert.NotNull(_hs256.Verify(Sign(Claims(c => c["nbf"] = Second + 29))));
        Assert.Empty(_hs256.Verify(Sign(Claims(c => c.Remove("scope"))))!.Scopes);
        Assert.Empty(_hs256.Verify(Sign(Claims(c => c["scope"] = "admin root")))!.Scopes);
    }

    public static TheoryData<string> WrongClaims => new()
    {
        """{"exp":null}""", """{"exp":"later"}""", """{"exp":1}""", """{"exp":1e400}""", """{"nbf":99999999999}""", """{"nbf":"now"}""", """{"iat":99999999999}""",
        """{"iss":"https://issuer/"}""", """{"iss":null}""", """{"aud":"boxes"}""", """{"aud":null}""", """{"aud":[]}""", """{"aud":{"box":1}}""", """{"sub":""}""", """{"sub":7}""",
    };

    [Theory]
    [MemberData(nameof(WrongClaims))]
    public void Verify_WrongClaim_IsRefused(string change)
    {
        if (change.Contains("1e400", StringComparison.Ordinal))
        {
            var odd = Claims().ToJsonString().Replace($"{Second + 60}", "1e400", StringComparison.Ordinal);
            var text = $"{Encode("""{"alg":"HS256"}""")}.{Encode(odd)}";
            Assert.Null(_hs256.Verify($"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.ASCII.GetBytes(text)))}"));
            return;
        }
        Assert.Null(_hs256.Verify(Sign(Claims(claims =>
        {
            foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
            {
                if (value is null) claims.Remove(name);
                else claims[name] = value.DeepClone();
            }
        }))));
    }

    [Theory]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":"HS512"}""")]
    [InlineData("""{"alg":"hs256"}""")]
    [InlineData("""{"alg":"EdDSA"}""")]
    [InlineData("""{"typ":"JWT"}""")]
    [InlineData("""{"alg":"HS256","typ":"JWE"}""")]
    [InlineData("""{"alg":"HS256","crit":["exp"]}""")]
    [InlineData("[]")]
    public void Verify_AnotherHead_IsRefused(string head) => Assert.Null(_hs256.Verify(Sign(Claims(), head)));

    [Fact]
    public void Verify_NotSignedByTheKey_IsRefused()
    {
        var right = Sign(Claims());
        Assert.Null(_hs256.Verify(Sign(Claims(), key: Key + "x")));
        Assert.Null(_hs256.Verify(right[..right.LastIndexOf('.')] + "."));
        var parts = right.Split('.');
        Assert.Null(_hs256.Verify($"{parts[0]}.{Encode(Claims(c => c["sub"] = "eve").ToJsonString())}.{parts[2]}"));
        foreach (var odd in (string[])["", ".", "..", "a.b", "a.b.c.d", "!.!.!", right + "=", new string('a', JwtVerifier.Longest + 1)]) Assert.Null(_hs256.Verify(odd));
    }

    [Fact]
    public void Verify_AnyCharacterChanged_IsRefused()
    {
        var right = Sign(Claims());
        for (var i = 0; i < right.Length; i++)
        {
            // The last character of a part has bits that mean nothing; every other change does.
            if (i + 1 == right.Length || right[i + 1] == '.' || right[i] == '.') continue;
            var changed = right.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Assert.Null(_hs256.Verify(new string(changed)));
        }
    }

    [Fact]
    public void Verify_EdDsa_OfTheConfiguredKey_IsTaken()
    {
        var device = new DeviceKey(1);
        var verifier = new JwtVerifier(JwtOptions.Create("EdDSA", device.PublicKey, "https://issuer", "box"), Clock());
        var text = $"{Encode("""{"alg":"EdDSA"}""")}.{Encode(Claims().ToJsonString())}";
        Assert.Equal("ada", verifier.Verify($"{text}.{device.Sign(text)}")!.Subject);
        Assert.Null(verifier.Verify($"{text}.{new DeviceKey(2).Sign(text)}"));
        // A secret is no public key: a token that was signed with the key's text as a secret opens nothing.
        Assert.Null(verifier.Verify(Sign(Claims(), key: device.PublicKey)));
        Assert.Null(verifier.Verify(Sign(Claims(), """{"alg":"EdDSA"}""", device.PublicKey)));
    }

    [Theory]
    [InlineData("HS256", "short")]
    [InlineData("EdDSA", "short")]
    [InlineData("none", Key)]
    [InlineData("RS256", Key)]
    public void Create_WhatIsNotSafe_IsRefused(string algorithm, string key) =>
        Assert.Contains("gateway.jwt", Assert.Throws<ModelException>(() => JwtOptions.Create(algorithm, key, "i", "a")).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Server_TakesAToken_AsFarAsItsScopesGo()
    {
        await using var host = await TestHost.StartAsync(o => o with { Token = "0123456789abcdef0123456789abcdef", Jwt = JwtOptions.Create("HS256", Key, "https://issuer", "box"), Time = Clock() });
        async Task<HttpStatusCode> GetAsync(string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
            request.Headers.Authorization = new("Bearer", token);
            using var response = await host.Client.SendAsync(request);
            return response.StatusCode;
        }
        Assert.Equal(HttpStatusCode.OK, await GetAsync(Sign(Claims())));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(Sign(Claims(c => c["scope"] = ""))));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(Sign(Claims(c => c["exp"] = Second - 60))));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("0123456789abcdef0123456789abcdef"));
    }
}
