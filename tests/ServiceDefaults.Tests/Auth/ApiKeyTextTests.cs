using TagSegments.ServiceDefaults.Auth.Keys;

namespace TagSegments.ServiceDefaults.Tests.Auth;

public sealed class ApiKeyTextTests
{
    [Theory]
    [InlineData("acme", 1)]
    [InlineData("a_b__c_", int.MaxValue)]
    [InlineData("0-_", 17)]
    public void A_key_names_its_account_and_number(string account, int keyId)
    {
        var key = ApiKeyText.Create(account, keyId);

        Assert.Equal(key, ApiKeyText.TryRead(key.Text));
        Assert.Matches($"^tsk_{account}_{keyId}_[0-9a-f]{{72}}$", key.Text);
    }

    [Fact]
    public void Two_keys_have_nothing_in_common() =>
        Assert.NotEqual(ApiKeyText.Create("acme", 1).Text[^72..], ApiKeyText.Create("acme", 1).Text[^72..]);

    [Fact]
    public void A_key_with_one_other_character_is_none()
    {
        var text = ApiKeyText.Create("acme", 12).Text;

        for (var i = 0; i < text.Length; i++)
        {
            var other = text[i] == '7' ? '8' : '7';
            Assert.Null(ApiKeyText.TryRead($"{text[..i]}{other}{text[(i + 1)..]}"));
            Assert.Null(ApiKeyText.TryRead(text.Remove(i, 1)));
            Assert.Null(ApiKeyText.TryRead(text.Insert(i, "é")));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("tsk_")]
    [InlineData("_")]
    [InlineData("tsk__1_")]
    [InlineData("tsk_acme_99999999999_")]
    public void What_is_no_key_is_none(string start)
    {
        Assert.Null(ApiKeyText.TryRead(start));
        Assert.Null(ApiKeyText.TryRead(start + new string('0', 72)));
    }
}
