using Crm.Common.V1;
using Crm.Contacts.V1;
using TagSegments.Testing;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Tags.Tests.Crm.Imports.OtherTools;

/// <summary>Dates of Japanese, Chinese and Korean files were texts without a word (the kind of row C10 of the page of faults).</summary>
public sealed class EasternDateTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Theory]
    [InlineData(Type.Date, "2021年3月4日", "2021-03-04", "2020年12月31日", "2020-12-31")]
    [InlineData(Type.Date, "2021年03月04日(木)", "2021-03-04", "２０２０年１２月３１日", "2020-12-31")]
    [InlineData(Type.Date, "令和3年3月4日", "2021-03-04", "平成31年4月30日", "2019-04-30")]
    [InlineData(Type.Date, "令和元年5月1日", "2019-05-01", "昭和64年1月7日", "1989-01-07")]
    [InlineData(Type.Date, "2021년 3월 4일", "2021-03-04", "2020년 12월 31일", "2020-12-31")]
    [InlineData(Type.Date, "2021年3月4号", "2021-03-04", "2020年12月31日", "2020-12-31")]
    [InlineData(Type.DateTime, "2021年3月4日 10時20分", "2021-03-04T10:20:00.000000Z", "2021年3月4日 午後1時05分30秒", "2021-03-04T13:05:30.000000Z")]
    [InlineData(Type.DateTime, "2021年3月4日 10:20:30", "2021-03-04T10:20:30.000000Z", "2021年3月4日 上午12:00", "2021-03-04T00:00:00.000000Z")]
    [InlineData(Type.DateTime, "2021년 3월 4일 오후 1시 5분", "2021-03-04T13:05:00.000000Z", "2021년 3월 4일 오전 9시 00분", "2021-03-04T09:00:00.000000Z")]
    [InlineData(Type.YearlyDay, "3月4日", "--03-04", "２月２９日", "--02-29")]
    [InlineData(Type.YearlyDay, "3월 4일", "--03-04", "12월 31일", "--12-31")]
    [InlineData(Type.Text, "2021年3月", "2021年3月", "2021年4月", "2021年4月")]
    [InlineData(Type.Text, "2021年13月4日", "2021年13月4日", "2021年2月30日", "2021年2月30日")]
    [InlineData(Type.Text, "3ヶ月", "3ヶ月", "月曜日", "月曜日")]
    public async Task C10_dates_with_the_signs_of_their_parts_are_read(Type type, string first, string one, string second, string other)
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        var result = await Importer.RunAsync(account.Apps, account.Name, new(), $"first name,f\nAda,{first}\nEva,{second}\n");

        Assert.Equal(type, Assert.Single(result.Summary.FieldsCreated).Type);
        Assert.Equal((one, other), ((await account.GetContactAsync(1)).Fields.Fields["f"].StringValue, (await account.GetContactAsync(2)).Fields.Fields["f"].StringValue));
    }

    [Fact]
    public async Task C4_C10_a_day_of_leaving_is_a_refusal_with_its_time()
    {
        var account = await TestAccount.NewAsync(shared.Apps);

        await Importer.RunAsync(account.Apps, account.Name, new(), "メールアドレス,配信停止日,作成日\ntaro@example.jp,令和5年4月1日,2020年1月2日\n");

        var taro = await account.GetContactAsync(1);
        var consent = taro.Consents.Single(consent => consent.Channel == Channel.Email);
        Assert.Equal(("taro@example.jp", new DateTime(2020, 1, 2)), (taro.Email, taro.CreateTime.ToDateTime()));
        Assert.Equal((Consent.Types.State.Unsubscribed, new DateTime(2023, 4, 1)), (consent.State, consent.Time.ToDateTime()));
    }
}
