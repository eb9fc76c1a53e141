using TagSegments.Campaigns;
using TagSegments.ServiceDefaults;

return await ServiceHost.RunAsync(args, CampaignsApp.Build, typeof(CampaignsApp).Assembly);
