using CsCheck;

namespace TagSegments.Addresses.Tests;

/// <summary>Row A5 of the faults: every way to write a phone number is one number.</summary>
public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("+43 660 1234567", "AT", "+436601234567")]
    [InlineData("0043 660 1234567", "AT", "+436601234567")]
    [InlineData("0660 1234567", "AT", "+436601234567")]
    [InlineData("+43 (0)660 1234567", "AT", "+436601234567")]
    [InlineData("0043 (0) 660/123 45 67", "AT", "+436601234567")]
    [InlineData("0660/123 45 67 (mobil)", "AT", "+436601234567")]
    [InlineData("43 660 1234567", "AT", "+436601234567")]
    [InlineData("٠٦٦٠ ١٢٣٤٥٦٧", "AT", "+436601234567")]
    [InlineData("０６６０ １２３４５６７", "AT", "+436601234567")]
    [InlineData("tel:+43-660-1234567", "AT", "+436601234567")]
    [InlineData("+43 660 1234567", "DE", "+436601234567")]
    [InlineData("0043 660 1234567", "", "+436601234567")]
    [InlineData("+43 (0)660 1234567", "", "+436601234567")]
    [InlineData("011 43 660 1234567", "US", "+436601234567")]
    [InlineData("0043 660 1234567", "US", "+436601234567")]
    [InlineData("(212) 555-0100", "US", "+12125550100")]
    [InlineData("1-800-FLOWERS", "US", "+18003569377")]
    [InlineData("07911 123456", "GB", "+447911123456")]
    [InlineData("8 912 345-67-89", "RU", "+79123456789")]
    [InlineData("06 6982 1234", "IT", "+390669821234")]
    [InlineData("011 15 2345 6789", "AR", "+5491123456789")]
    [InlineData("01 53454 ext. 12", "AT", "+43153454;ext=12")]
    [InlineData("+43 1 53454 x12", "", "+43153454;ext=12")]
    public void A5_every_form_is_one_number(string phone, string country, string key)
    {
        Assert.Equal(key, PhoneNumber.Key(phone, country));
        Assert.Equal(key, PhoneNumber.Key(key));
        Assert.Equal(key, PhoneNumber.Key(key, "US"));
    }

    [Theory]
    [InlineData("0660 1234567", "", "06601234567")]
    [InlineData("133", "AT", "133")]
    [InlineData("555-1234", "US", "5551234")]
    [InlineData("+999 123456", "AT", "+999123456")]
    [InlineData("n/a", "AT", "")]
    [InlineData("0660 1234567", "Atlantis", "06601234567")]
    public void A5_what_is_no_number_of_the_country_is_its_digits(string phone, string country, string key) =>
        Assert.Equal(key, PhoneNumber.Key(phone, country));

    [Theory]
    [InlineData("+43 660 1234567", true)]
    [InlineData("0660 1234567", true)]
    [InlineData("+43 660 CALLME1", true)]
    [InlineData("123", false)]
    [InlineData("+43 1 53454 ext. 12", false)]
    [InlineData("not a number", false)]
    [InlineData("0660 1234567 mobil", false)]
    public void Says_where_messages_can_go(string phone, bool valid) => Assert.Equal(valid, PhoneNumber.IsValid(phone));

    [Fact]
    public void Equal_keys_are_equal_numbers()
    {
        var number = Gen.Int[1_000_000, 1_000_020];
        var form = OneOf<Func<int, string>>(
            n => $"+43 660 {n}", n => $"0043660{n}", n => $"0660 {n}", n => $"+43 (0)660/{n}", n => $"(0660) {n}", n => $"43660{n}");
        Gen.Select(number, form, number, form).Sample((n, write, m, rewrite) =>
            (PhoneNumber.Key(write(n), "AT") == PhoneNumber.Key(rewrite(m), "AT")) == (n == m));
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
