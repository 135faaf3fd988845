using Runtime.Tools;

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
}
