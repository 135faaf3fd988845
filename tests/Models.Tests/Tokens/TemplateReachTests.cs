using Models.Tokens;

namespace Models.Tests.Tokens;

public sealed class TemplateReachTests
{
    [Theory]
    [InlineData("{% for m in messages %}{{ m.role }}: {{ m.content }}{% endfor %}{% for t in tools or [] %}{{ t | tojson }}{% endfor %}", true, true)]
    [InlineData("{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% endif %}{% endfor %}", false, false)]
    [InlineData("{% for t in tools or [] %}{{ t.function.name }}{% endfor %}{% for m in messages %}{{ m.content }}{% endfor %}", true, false)]
    [InlineData("{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}x", true, false)]
    public void Reach_OfATemplate_IsWhatItRenders(string template, bool system, bool tools) => Assert.Equal(new TemplateReach(system, tools), ChatTemplate.Parse(template).Reach);
}
