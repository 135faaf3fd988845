using Runtime.Tools;
using TestKit;

namespace Runtime.Tests.Tools;

public sealed class SecretTextTests
{
    [Theory]
    [InlineData("key sk-abcdefghijklmnopqrstuvwx123 end", "key [secret] end")]
    [InlineData("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "[secret]")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "[secret]")]
    [InlineData("Authorization: Bearer abcdef0123456789abcdef", "Authorization: Bearer [secret]")]
    [InlineData("PASSWORD=hunter2-and-more", "PASSWORD=[secret]")]
    [InlineData("\"api_key\": \"0123456789abcdef\"", "\"api_key\": \"[secret]\"")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "[secret]")]
    [InlineData("The password is forgotten. A token: nothing", "The password is forgotten. A token: nothing")]
    [InlineData("tokens: 12,000 per passage; secretary: present", "tokens: 12,000 per passage; secretary: present")]
    public void Redact_TakesSecretsOut_AndLeavesTheRest(string text, string expected) => Assert.Equal(expected, SecretText.Redact(text));

    [Theory]
    [InlineData("The password: hunter2-and-more", "The password: hunter2-and-more")]
    [InlineData("bot 123456789:AAabcdefghijklmnopqrstuvwxyz0123456 and eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", "bot [secret] and [secret]")]
    public void RedactKnown_LeavesWhatPeopleTellEachOther(string text, string expected) => Assert.Equal(expected, SecretText.RedactKnown(text));

    [Theory]
    [InlineData("eyJaaaaaaaa-")]
    [InlineData("eyJaaaaaaaa.")]
    [InlineData("eyJaaaaaaaa ")]
    [InlineData("-----BEGIN ")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    [InlineData("sk-")]
    [InlineData("123456:AA")]
    [InlineData("xoxb-1 ")]
    public void Dos08_HostileText_CostsItsLength(string piece)
    {
        _ = Measure(20_000);
        var (shorter, longer) = (Measure(20_000), Measure(160_000));
        Assert.True(longer < shorter * 40 + TimeSpan.FromMilliseconds(200), $"{shorter} {longer}");

        TimeSpan Measure(int times)
        {
            var text = string.Concat(Enumerable.Repeat(piece, times));
            return ThreadClock.Best(() => SecretText.RedactKnown(text));
        }
    }
}
