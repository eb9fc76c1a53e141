using Crm.Segments.V1;
using TagSegments.WebConsole.Pages.Contacts;

namespace TagSegments.WebConsole.Tests.Contacts;

/// <summary>Which contacts are chosen: a filter stays a filter, so "all" is never the page and never the account (listmonk #1841, twenty #13913).</summary>
public sealed class SelectionTests
{
    private static readonly Filter s_filter = new() { Tag = new() { Match = TagClause.Types.Match.Any, TagIds = { 5 } } };

    [Fact]
    public void Single_contacts_are_sent_by_number()
    {
        var selection = new Selection();
        selection.Toggle(9);
        selection.Toggle(3);
        selection.Toggle(4);
        selection.Toggle(4);

        Assert.Equal(2, selection.Count(100));
        Assert.Equal([3, 9], selection.Contacts(s_filter).Ids.ContactIds);
    }

    [Fact]
    public void All_are_sent_as_the_filter()
    {
        var selection = new Selection();
        selection.Set(all: true);

        Assert.Equal(100, selection.Count(100));
        Assert.Equal(s_filter, selection.Contacts(s_filter).Matching.Filter);
    }

    // mailpoet #6835, buttondown #1520: taking one row out of all dropped to the page.
    [Fact]
    public void All_except_some_are_sent_as_the_filter_and_the_exceptions()
    {
        var selection = new Selection();
        selection.Set(all: true);
        selection.Toggle(7);
        selection.Toggle(2);

        Assert.Equal(98, selection.Count(100));
        Assert.False(selection.Has(7));
        Assert.True(selection.Has(8));
        Assert.Equal(s_filter, selection.Contacts(s_filter).Matching.Filter);
        Assert.Equal([2, 7], selection.Contacts(s_filter).ExcludeContactIds);
    }

    [Fact]
    public void Another_filter_begins_with_nothing_chosen()
    {
        var selection = new Selection();
        selection.Set(all: true);
        selection.Toggle(7);
        selection.Set(all: false);

        Assert.Equal(0, selection.Count(100));
        Assert.False(selection.Has(7));
    }
}
