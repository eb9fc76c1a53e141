namespace TagSegments.Testing.Oracle;

/// <summary>Ways to get a rule wrong.</summary>
public enum Mutant
{
    /// <summary>Every rule is right.</summary>
    None,

    /// <summary>"Is not X" leaves out contacts without a value.</summary>
    NegativesNeedAValue,

    /// <summary>White space only is a value.</summary>
    BlankIsAValue,

    /// <summary>The end of a window belongs to it.</summary>
    WindowsIncludeTheirEnd,

    /// <summary>Events later than now count.</summary>
    FutureCounts,

    /// <summary>The contact's own zone is not looked at.</summary>
    ContactZoneIsAccountZone,

    /// <summary>Calendar days are those of UTC.</summary>
    DaysAreUtc,

    /// <summary>The conditions on an opportunity may hold of different ones.</summary>
    ConditionsCombineAcross,

    /// <summary>Case never matters.</summary>
    CaseIsIgnored,

    /// <summary>Case always matters.</summary>
    CaseIsNeverIgnored,

    /// <summary>Numbers compare as doubles.</summary>
    NumbersAreDoubles,

    /// <summary>"Has all tags" is "has any tag".</summary>
    AllIsAny,

    /// <summary>29 February has an anniversary in leap years only.</summary>
    LeapDaysOnlyInLeapYears,

    /// <summary>A click counts whatever the link, as in the roll-up.</summary>
    AnyLinkWillDo,

    /// <summary>A bounce counts whatever its class, as in the roll-up.</summary>
    AnyBounceWillDo,

    /// <summary>A bounce is soft unless it is known to be hard.</summary>
    UnknownBouncesAreSoft,

    /// <summary>The percent sign stands for any text.</summary>
    PercentIsAWildcard,

    /// <summary>The conditions on an event may hold of different ones.</summary>
    PropertiesCombineAcross,

    /// <summary>Addresses compare as they are written.</summary>
    AddressesAreTexts,

    /// <summary>A property that is a text is never a number.</summary>
    TextsAreNoNumbers,
}
