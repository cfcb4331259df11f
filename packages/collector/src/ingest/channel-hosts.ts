/** By which a visitor came, as web analytics tells channels apart. */
export type Channel =
  | 'direct'
  | 'organic_search'
  | 'paid'
  | 'social'
  | 'email'
  | 'ai_assistant'
  | 'referral'
  | 'internal'

type Listed = Readonly<Partial<Record<Channel, string>>>

/**
 * The services that send visitors, by the hosts in their referrers, taken from the services' own addresses. A host
 * covers those under it, and the longest that fits decides. Those with a domain in every country are {@link everywhere}.
 */
const hosts: Listed = {
  organic_search: `
    alohafind.com ask.com baidu.com bing.com coccoc.com dogpile.com duckduckgo.com ecosia.org gibiru.com go.mail.ru
    info.com izito.com kagi.com karmasearch.org lilo.org metager.de metager.org mojeek.com petalsearch.com
    presearch.com qwant.com rambler.ru search.aol.com search.brave.com search.daum.net search.lycos.com
    search.marginalia.nu search.naver.com search.orange.fr search.seznam.cz search.yahoo.co.jp search.yahoo.com sm.cn
    so.com sogou.com startpage.com suche.gmx.net suche.t-online.de suche.web.de swisscows.com toutiao.com
    webcrawler.com yep.com you.com`,

  social: `
    ameblo.jp band.us behance.net bilibili.com bsky.app bsky.social dailymotion.com deviantart.com discord.com
    discordapp.com douban.com douyin.com dribbble.com facebook.com fb.com fb.me flickr.com flipboard.com
    fosstodon.org gab.com goodreads.com hachyderm.io instagram.com kakao.com lemmy.world letterboxd.com line.me
    linkedin.com livejournal.com lnkd.in lobste.rs m.me mas.to mastodon.online mastodon.social meetup.com
    messenger.com mewe.com mixi.jp mstdn.social news.ycombinator.com nextdoor.com nicovideo.jp ok.ru plurk.com
    producthunt.com quora.com qzone.qq.com redd.it reddit.com snapchat.com soundcloud.com strava.com t.cn t.co t.me
    telegram.me telegram.org threads.com threads.net tiktok.com truthsocial.com tumblr.com twitch.tv twitter.com
    vimeo.com vk.com vk.ru wa.me weibo.cn weibo.com weixin.qq.com whatsapp.com wykop.pl x.com xiaohongshu.com
    xing.com youtu.be youtube.com zhihu.com`,

  email: `
    app.fastmail.com app.tuta.com campaign-archive.com e.mail.ru email.seznam.cz email.t-online.de gmx.com gmx.de
    gmx.net hey.com hotmail.com icloud.com inbox.google.com laposte.net list-manage.com mail.126.com mail.163.com
    mail.aol.com mail.daum.net mail.google.com mail.libero.it mail.live.com mail.naver.com mail.orange.fr
    mail.proton.me mail.qq.com mail.superhuman.com mail.tutanota.com mail.yahoo.co.jp mail.yahoo.com mail.zoho.com
    mail.zoho.eu mailchi.mp navigator.web.de outlook.com outlook.live.com outlook.office.com outlook.office365.com
    poczta.onet.pl poczta.wp.pl protonmail.com web.de webmail.free.fr webmail.freenet.de`,

  ai_assistant: `
    aistudio.google.com andisearch.com bard.google.com character.ai chat.baidu.com chat.mistral.ai chat.openai.com
    chat.qwen.ai chat.z.ai chatglm.cn chatgpt.com claude.ai copilot.cloud.microsoft copilot.microsoft.com
    deepseek.com doubao.com duck.ai felo.ai gemini.google.com genspark.ai grok.com iask.ai kimi.com
    kimi.moonshot.cn lumo.proton.me m365.cloud.microsoft manus.im meta.ai notebooklm.google.com openai.com
    perplexity.ai phind.com pi.ai poe.com tongyi.aliyun.com yiyan.baidu.com yuanbao.tencent.com`,

  paid: `
    adform.net adnxs.com adroll.com ads.linkedin.com ads.pinterest.com ads.reddit.com ads.tiktok.com ads.twitter.com
    adservice.google.com an.yandex.ru business.facebook.com criteo.com doubleclick.net googleadservices.com
    googlesyndication.com mgid.com outbrain.com revcontent.com taboola.com`,

  // Of a search engine's house, and no search.
  referral: `
    accounts.google.com baike.baidu.com calendar.google.com classroom.google.com developers.google.com
    docs.google.com drive.google.com finance.yahoo.com groups.google.com maps.google.com meet.google.com
    news.yahoo.com play.google.com sites.google.com support.google.com tieba.baidu.com translate.google.com`,
}

/** In the order in which they are tried. */
const everywhere: readonly [RegExp, Channel][] = [
  [/(^|\.)google\.(com|[a-z]{2}|com?\.[a-z]{2})$/, 'organic_search'],
  [/(^|\.)mail\.yandex\.(com|[a-z]{2}|com\.[a-z]{2})$/, 'email'],
  [/(^|\.)(yandex\.(com|[a-z]{2}|com\.[a-z]{2})|ya\.ru)$/, 'organic_search'],
  [/^([a-z]{2}\.)?yahoo\.(com|co\.[a-z]{2})$/, 'organic_search'],
  [/(^|\.)pinterest\.(com|[a-z]{2}|com?\.[a-z]{2})$/, 'social'],
]

/** What campaigns call their source when they do not name a host. */
const names: Listed = {
  organic_search: 'baidu bing brave duckduckgo ecosia google kagi naver qwant startpage yahoo yandex',
  social: `
    bluesky discord facebook fb hackernews ig instagram linkedin mastodon pinterest producthunt quora reddit snapchat
    telegram threads tiktok twitter vk whatsapp x xing youtube`,
  email: 'beehiiv brevo campaignmonitor convertkit e-mail email gmail klaviyo mailchimp newsletter outlook sendgrid',
  ai_assistant: 'chatgpt claude copilot deepseek gemini grok mistral openai perplexity',
  paid: 'adwords criteo googleads google_ads outbrain taboola',
}

const byHost = index(hosts)
const byName = index(names)

/** The channel of a host in lower case; undefined for one that is no more than a site. */
export function channelOfHost(host: string): Channel | undefined {
  for (let name = host; name.includes('.'); name = name.slice(name.indexOf('.') + 1)) {
    const channel = byHost.get(name)
    if (channel) return channel
  }
  return everywhere.find(([form]) => form.test(host))?.[1]
}

/** The channel of a campaign's source in lower case: a service's name, or its host. */
export function channelOfSource(source: string): Channel | undefined {
  return byName.get(source) ?? channelOfHost(source.replace(/^www\./, ''))
}

function index(listed: Listed): ReadonlyMap<string, Channel> {
  return new Map(
    Object.entries(listed).flatMap(([channel, texts]) =>
      texts
        .trim()
        .split(/\s+/)
        .map((text) => [text, channel as Channel] as const),
    ),
  )
}
